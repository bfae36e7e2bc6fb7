import type { EngineeringChange } from "@millwright/contracts/api";
import { changeStates } from "@millwright/contracts/states/engineering";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { changesQuery, engineeringKeys } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { EditChange } from "../../forms/engineering/edit-change.tsx";
import { ChangeStateMark } from "../../panels/change-state-mark.tsx";
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { Paged } from "../../panels/lists/paged.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** Engineering changes, newest first. */
export function ChangesPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const mayDraft = useMay()("engineering_change:draft");
  const filter = useSearch({ from: paths.changes });
  const query = useInfiniteQuery(changesQuery(filter));
  const choices = useListChoices("changes");
  const columns = useColumns();
  const [isDrafting, setDrafting] = useState(false);
  return (
    <>
      <PageHead title={t("page.changes")}>
        <search className="filter">
          <select
            className="select"
            aria-label={t("column.state")}
            value={filter.state ?? ""}
            onChange={(event) => {
              const state = changeStates.find((one) => one === event.target.value);
              const search = state === undefined ? {} : { state };
              void navigate({ to: paths.changes, search, replace: true });
            }}
          >
            <option value="">{t("workOrder.allStates")}</option>
            {changeStates.map((state) => (
              <option key={state} value={state}>
                {t(`changeState.${state}`)}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={paths.changes}
            files={{
              title: t("page.changes"),
              path: "/api/engineering-changes",
              importKey: mayDraft ? engineeringKeys.changes : null,
            }}
          />
        </search>
        {mayDraft && (
          <button type="button" className="button button-main" onClick={() => setDrafting(true)}>
            <Icon name="add" size={16} /> {t("change.new")}
          </button>
        )}
      </PageHead>
      <Paged query={query} empty={<p>{t("change.none")}</p>}>
        {(rows) => (
          <ListTable
            label={t("page.changes")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ changeId }) => changeId}
          />
        )}
      </Paged>
      {isDrafting && <EditChange change={null} onClose={() => setDrafting(false)} />}
    </>
  );
}

function useColumns(): Column<EngineeringChange>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "number",
      title: t("change.number"),
      renderCell: ({ changeId, number, title }) => (
        <>
          <Link to={paths.change} params={{ changeId }} data-row>
            {number}
          </Link>
          <span className="address">{title}</span>
        </>
      ),
    },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state }) => <ChangeStateMark state={state} />,
    },
    {
      name: "day",
      title: t("change.effectiveDay"),
      renderCell: ({ effectiveDay }) => format.day(effectiveDay),
    },
    {
      name: "boms",
      title: t("change.boms"),
      renderCell: ({ boms }) => boms.map((bom) => `${bom.itemNumber} ${bom.revision}`).join(", "),
    },
    { name: "by", title: t("change.by"), isWide: true, renderCell: ({ createdBy }) => createdBy },
  ];
}
