import type { EngineeringChange } from "@millwright/contracts/api";
import { type ChangeCommand, changeCommandNames } from "@millwright/contracts/states/engineering";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { changeQuery, engineeringKeys } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { EditChange } from "../../forms/engineering/edit-change.tsx";
import { ChangeStateMark } from "../../panels/change-state-mark.tsx";
import { CommandRow } from "../../panels/command-row.tsx";
import { ListTable } from "../../panels/lists/list-table.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";

/** One engineering change: why, from when, which revisions, and what can be decided. */
export function ChangePage() {
  const { changeId } = useParams({ from: paths.change });
  const query = useQuery(changeQuery(changeId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={120} />}>
      {(change) => <ChangeView change={change} />}
    </Loaded>
  );
}

function ChangeView({ change }: { change: EngineeringChange }) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const mayDraft = useMay()("engineering_change:draft");
  const [isEditing, setEditing] = useState(false);
  const command = useCommand<ChangeCommand, EngineeringChange>(
    (name) => `/api/engineering-changes/${encodeURIComponent(change.changeId)}/${name}`,
    {
      body: () => null,
      onSuccess: async (decided) => {
        client.setQueryData(engineeringKeys.change(decided.changeId), decided);
        await client.invalidateQueries({ queryKey: engineeringKeys.changes });
        await client.invalidateQueries({ queryKey: engineeringKeys.boms });
      },
    },
  );
  return (
    <>
      <Link to={paths.changes} className="back">
        ← {t("page.changes")}
      </Link>
      <PageHead title={change.number} beside={<ChangeStateMark state={change.state} />}>
        <p className="head-name">{change.title}</p>
        {change.state === "draft" && mayDraft && (
          <button type="button" className="button" onClick={() => setEditing(true)}>
            {t("change.edit")}
          </button>
        )}
      </PageHead>
      <CommandRow
        label={t("workOrder.commands")}
        isPending={command.isPending}
        commands={change.commands}
        buttons={changeCommandNames.map((name) => ({
          name,
          words: t(`changeCommand.${name}`),
          permission: `engineering_change:${name}` as const,
          look: name === "reject" ? ("danger" as const) : ("main" as const),
        }))}
        onPress={(name) => {
          const known = changeCommandNames.find((one) => one === name);
          if (known !== undefined) command.mutate(known);
        }}
      />
      {command.error !== null && <ProblemNote error={command.error} />}
      <dl className="facts">
        <div>
          <dt>{t("change.effectiveDay")}</dt>
          <dd>{format.day(change.effectiveDay)}</dd>
        </div>
        <div>
          <dt>{t("change.by")}</dt>
          <dd>
            {change.createdBy}
            {change.decidedBy !== null && (
              <span className="address">{t("change.decidedBy", { name: change.decidedBy })}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t("change.reason")}</dt>
          <dd>{change.reason || "–"}</dd>
        </div>
      </dl>
      <Panel title={t("change.boms")}>
        <ListTable
          label={t("change.boms")}
          rows={change.boms}
          hidden={[]}
          keyOf={({ bomId }) => bomId}
          columns={[
            {
              name: "item",
              title: t("column.item"),
              renderCell: ({ itemId, itemNumber, itemName, bomId }) => (
                <>
                  <Link
                    to={paths.bom}
                    params={{ itemId }}
                    search={{ bomId, view: "compare" }}
                    data-row
                  >
                    {itemNumber}
                  </Link>
                  <span className="address">{itemName}</span>
                </>
              ),
            },
            { name: "revision", title: t("bom.revision"), renderCell: (bom) => bom.revision },
          ]}
        />
      </Panel>
      {isEditing && <EditChange change={change} onClose={() => setEditing(false)} />}
    </>
  );
}
