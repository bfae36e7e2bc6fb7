import type { UnassignedCount } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { unassignedKey, unassignedQuery } from "../api/count-queries.ts";
import { useMay } from "../api/identity-queries.ts";
import { AssignCounts } from "../forms/assign-counts.tsx";
import { ReasonForm } from "../forms/reason-form.tsx";
import { FileMenu } from "../panels/lists/list-files.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { ProblemNote } from "../ui/problem.tsx";
import { useCommand } from "../ui/use-command.ts";
import { useFormat } from "../ui/use-format.ts";

/** Pieces that machines counted and no operation could take, and what a person does about them. */
export function UnassignedPage() {
  const t = useTranslations();
  const query = useQuery(unassignedQuery);
  return (
    <>
      <PageHead title={t("page.unassigned")}>
        <FileMenu title={t("page.unassigned")} path="/api/unassigned-counts" />
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={4} height={52} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <div className="empty">
              <p>{t("unassigned.none")}</p>
            </div>
          ) : (
            <CountTable rows={rows} />
          )
        }
      </Loaded>
    </>
  );
}

function CountTable({ rows }: { rows: readonly UnassignedCount[] }) {
  const t = useTranslations();
  return (
    <>
      <p className="hint">{t("unassigned.explained")}</p>
      <div className="table-frame">
        <table className="table" aria-label={t("page.unassigned")}>
          <thead>
            <tr>
              <th>{t("unassigned.column.machine")}</th>
              <th>{t("unassigned.column.time")}</th>
              <th className="number">{t("unassigned.column.good")}</th>
              <th className="number">{t("unassigned.column.scrap")}</th>
              <th>{t("unassigned.column.why")}</th>
              <th>{t("job.column.actions")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <CountRow key={`${row.workUnitId} ${row.reason} ${row.from}`} count={row} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function CountRow({ count }: { count: UnassignedCount }) {
  const t = useTranslations();
  const format = useFormat();
  const may = useMay();
  const client = useQueryClient();
  const [open, setOpen] = useState<"assign" | "dismiss" | null>(null);
  const { workUnitId, from, to, workUnitName: machine } = count;
  const dismiss = useCommand<string, unknown>(() => "/api/unassigned-counts/dismissal", {
    body: (note) => ({ workUnitId, from, to, note }),
    onSuccess: () => client.invalidateQueries({ queryKey: unassignedKey }),
  });
  const isOpen = count.reason !== "dismissed" && may("work_order:correct");
  return (
    <tr>
      <th scope="row">{machine}</th>
      <td>
        {format.siteTime(from, "dayMinute")} – {format.siteTime(to, "minute")}
      </td>
      <td className="number">{format.quantity(count.good)}</td>
      <td className="number">{format.quantity(count.scrap)}</td>
      <td>
        {t(`unassigned.reason.${count.reason}`)}
        {dismiss.error !== null && <ProblemNote error={dismiss.error} />}
      </td>
      <td>
        {isOpen && (
          <div className="form-buttons">
            <button type="button" className="button" onClick={() => setOpen("assign")}>
              {t("unassigned.assign")}
            </button>
            <button type="button" className="button" onClick={() => setOpen("dismiss")}>
              {t("unassigned.dismiss")}
            </button>
          </div>
        )}
        {open === "assign" && <AssignCounts count={count} onClose={() => setOpen(null)} />}
        {open === "dismiss" && (
          <ReasonForm
            title={t("unassigned.dismissTitle", { machine })}
            action={t("unassigned.dismiss")}
            onSubmit={(note) => {
              setOpen(null);
              dismiss.mutate(note);
            }}
            onClose={() => setOpen(null)}
          />
        )}
      </td>
    </tr>
  );
}
