import type { DowntimeReason, MachineReasonCode } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import {
  downtimeKeys,
  downtimeReasonsQuery,
  machineReasonCodesQuery,
} from "../api/downtime-queries.ts";
import { useMay } from "../api/identity-queries.ts";
import { AssignCode, useAssignCode } from "../forms/downtime/assign-code.tsx";
import { EditReason } from "../forms/downtime/edit-reason.tsx";
import { useReasonWords } from "../panels/downtime/use-reason-words.ts";
import { FileMenu } from "../panels/lists/list-files.tsx";
import { ListTable } from "../panels/lists/list-table.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { Icon } from "../ui/icon.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem.tsx";

/** Why machines may be down, and what their codes mean. */
export function DowntimeReasonsPage() {
  const t = useTranslations();
  return (
    <>
      <PageHead title={t("page.downtimeReasons")} />
      <div className="reason-lists">
        <Reasons />
        <Codes />
      </div>
    </>
  );
}

function Reasons() {
  const t = useTranslations();
  const mayChange = useMay()("downtime_reason:change");
  const query = useQuery(downtimeReasonsQuery);
  const [open, setOpen] = useState<DowntimeReason | "new" | null>(null);
  const { nameOf } = useReasonWords();
  return (
    <Panel
      title={t("downtime.list")}
      actions={
        <div className="form-buttons">
          {mayChange && (
            <button type="button" className="button" onClick={() => setOpen("new")}>
              {t("downtime.add")}
            </button>
          )}
          <FileMenu
            title={t("page.downtimeReasons")}
            path="/api/downtime-reasons"
            importKey={mayChange ? downtimeKeys.reasons : null}
          />
        </div>
      }
    >
      <p className="hint">{t("downtime.listExplained")}</p>
      <Loaded query={query} skeleton={<Skeleton count={4} height={44} />}>
        {({ rows }) => (
          <ListTable
            label={t("downtime.list")}
            rows={rows}
            hidden={[]}
            isLinked={mayChange}
            keyOf={({ reasonId }) => reasonId}
            columns={[
              {
                name: "name",
                title: t("downtime.column.name"),
                renderCell: (reason) =>
                  mayChange ? (
                    <button
                      type="button"
                      className="button-link"
                      data-row
                      onClick={() => setOpen(reason)}
                    >
                      {nameOf(reason)}
                    </button>
                  ) : (
                    nameOf(reason)
                  ),
              },
              { name: "code", title: t("downtime.column.code"), renderCell: ({ code }) => code },
              {
                name: "category",
                title: t("downtime.column.category"),
                renderCell: ({ category }) => t(`downtime.category.${category}`),
              },
              {
                name: "state",
                title: t("downtime.column.state"),
                renderCell: ({ isActive }) =>
                  t(isActive ? "downtime.active" : "downtime.notActive"),
              },
            ]}
          />
        )}
      </Loaded>
      {open !== null && (
        <EditReason reason={open === "new" ? null : open} onClose={() => setOpen(null)} />
      )}
    </Panel>
  );
}

function Codes() {
  const t = useTranslations();
  const mayChange = useMay()("downtime_reason:change");
  const query = useQuery(machineReasonCodesQuery);
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      title={t("downtime.codes")}
      actions={
        <div className="form-buttons">
          {mayChange && (
            <button type="button" className="button" onClick={() => setOpen(true)}>
              {t("downtime.addCode")}
            </button>
          )}
          <FileMenu
            title={t("downtime.codes")}
            path="/api/machine-reason-codes"
            importKey={mayChange ? downtimeKeys.codes : null}
          />
        </div>
      }
    >
      <p className="hint">{t("downtime.codesExplained")}</p>
      <Loaded query={query} skeleton={<Skeleton count={3} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("downtime.noCodes")}</p>
          ) : (
            <CodeTable codes={rows} mayChange={mayChange} />
          )
        }
      </Loaded>
      {isOpen && <AssignCode onClose={() => setOpen(false)} />}
    </Panel>
  );
}

function CodeTable({
  codes,
  mayChange,
}: {
  codes: readonly MachineReasonCode[];
  mayChange: boolean;
}) {
  const t = useTranslations();
  const { nameOf } = useReasonWords();
  const { data: reasons } = useQuery(downtimeReasonsQuery);
  const forget = useAssignCode(() => undefined);
  const meaning = ({ reasonId, reasonCode }: MachineReasonCode) => {
    const reason = reasons?.rows.find((one) => one.reasonId === reasonId);
    return reason === undefined ? reasonCode : nameOf(reason);
  };
  return (
    <>
      <ListTable
        label={t("downtime.codes")}
        rows={codes}
        hidden={mayChange ? [] : ["actions"]}
        isLinked={false}
        keyOf={({ code, workUnitId }) => `${workUnitId} ${code}`}
        columns={[
          { name: "code", title: t("downtime.column.code"), renderCell: ({ code }) => code },
          {
            name: "machine",
            title: t("downtime.column.machine"),
            renderCell: ({ workUnitName }) => workUnitName ?? t("downtime.allMachines"),
          },
          { name: "reason", title: t("downtime.column.reason"), renderCell: meaning },
          {
            name: "actions",
            title: t("downtime.column.actions"),
            renderCell: ({ code, workUnitId }) => (
              <button
                type="button"
                className="icon-button"
                aria-label={t("downtime.forget", { code })}
                onClick={() => forget.mutate({ code, workUnitId, reasonId: null })}
              >
                <Icon name="close" size={16} />
              </button>
            ),
          },
        ]}
      />
      {forget.error !== null && <ProblemNote error={forget.error} />}
    </>
  );
}
