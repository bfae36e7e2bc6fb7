import type { StoredItem } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { revisionsQuery } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { DraftBom } from "../../forms/engineering/draft-bom.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { ListTable } from "../lists/list-table.tsx";
import { BomStateMark } from "./bom-state-mark.tsx";

/** The revisions of an item's BOM, newest first, and how to begin one. */
export function Revisions({ item }: { item: StoredItem }) {
  const t = useTranslations();
  const format = useFormat();
  const mayDraft = useMay()("bom:draft");
  const query = useQuery(revisionsQuery(item.itemId));
  const [isDrafting, setDrafting] = useState(false);
  const { itemId } = item;
  return (
    <>
      {mayDraft && (
        <button
          type="button"
          className="button button-start panel-action"
          onClick={() => setDrafting(true)}
        >
          <Icon name="add" size={16} /> {t("bom.newRevision")}
        </button>
      )}
      <Loaded query={query} skeleton={<Skeleton count={3} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("bom.noRevision")}</p>
          ) : (
            <ListTable
              label={t("items.tab.revisions")}
              rows={rows}
              hidden={[]}
              keyOf={({ bomId }) => bomId}
              columns={[
                {
                  name: "revision",
                  title: t("bom.revision"),
                  renderCell: ({ bomId, revision }) => (
                    <Link to={paths.bom} params={{ itemId }} search={{ bomId }} data-row>
                      {revision}
                    </Link>
                  ),
                },
                {
                  name: "state",
                  title: t("column.state"),
                  renderCell: ({ state }) => <BomStateMark state={state} />,
                },
                {
                  name: "from",
                  title: t("bom.from"),
                  renderCell: ({ from }) => (from === null ? "–" : format.day(from)),
                },
                {
                  name: "to",
                  title: t("bom.to"),
                  renderCell: ({ to }) => (to === null ? "–" : format.day(to)),
                },
                {
                  name: "lines",
                  title: t("bom.lines"),
                  isNumber: true,
                  renderCell: ({ lineCount }) => lineCount,
                },
              ]}
            />
          )
        }
      </Loaded>
      {isDrafting && <DraftBom item={item} onClose={() => setDrafting(false)} />}
    </>
  );
}
