import type { EngineeringChange } from "@millwright/contracts/api";
import { changeStates } from "@millwright/contracts/states/engineering";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { changesQuery, engineeringKeys } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { EditChange } from "../../forms/engineering/edit-change.tsx";
import { ChangeStateMark } from "../../panels/change-state-mark.tsx";
import { DocumentList } from "../../panels/lists/document-list.tsx";
import type { Column } from "../../panels/lists/list-table.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** Engineering changes, newest first. */
export function ChangesPage() {
  const t = useTranslations();
  const mayDraft = useMay()("engineering_change:draft");
  const filter = useSearch({ from: paths.changes });
  const query = useInfiniteQuery(changesQuery(filter));
  const columns = useColumns();
  const [isDrafting, setDrafting] = useState(false);
  return (
    <>
      <DocumentList
        name="changes"
        title={t("page.changes")}
        to={paths.changes}
        states={changeStates}
        state={filter.state}
        stateWord={(state) => t(`changeState.${state}`)}
        query={query}
        columns={columns}
        keyOf={({ changeId }) => changeId}
        files={{
          path: "/api/engineering-changes",
          importKey: mayDraft ? engineeringKeys.changes : null,
        }}
        empty={t("change.none")}
        action={
          mayDraft && (
            <button type="button" className="button button-main" onClick={() => setDrafting(true)}>
              <Icon name="add" size={16} /> {t("change.new")}
            </button>
          )
        }
      />
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
