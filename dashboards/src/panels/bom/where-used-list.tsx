import type { StoredItem } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { whereUsedQuery } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { ReplaceItem } from "../../forms/engineering/replace-item.tsx";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { ListTable } from "../lists/list-table.tsx";

/** Products that need an item, nearest first; from here it is replaced in all of them. */
export function WhereUsedList({ item }: { item: StoredItem }) {
  const t = useTranslations();
  const mayReplace = useMay()("bom:replace");
  const [isDeep, setDeep] = useState(true);
  const [isReplacing, setReplacing] = useState(false);
  const query = useQuery(whereUsedQuery(item.itemId, isDeep));
  return (
    <>
      <div className="panel-tools">
        <label className="check">
          <input
            type="checkbox"
            checked={isDeep}
            onChange={(event) => setDeep(event.target.checked)}
          />
          {t("bom.upToTop")}
        </label>
        {mayReplace && (
          <button type="button" className="button" onClick={() => setReplacing(true)}>
            {t("bom.replaceEverywhere")}
          </button>
        )}
      </div>
      <Loaded query={query} skeleton={<Skeleton count={4} height={44} />}>
        {({ rows, isCut }) =>
          rows.length === 0 ? (
            <p className="none">{t("bom.usedNowhere")}</p>
          ) : (
            <>
              {isCut && <p className="notice">{t("bom.cut")}</p>}
              <ListTable
                label={t("items.tab.whereUsed")}
                rows={rows.slice(0, rowsShownMax)}
                hidden={[]}
                keyOf={({ bomId }) => bomId}
                columns={[
                  {
                    name: "item",
                    title: t("column.item"),
                    renderCell: ({ itemId, itemNumber, itemName, bomId }) => (
                      <>
                        <Link to={paths.bom} params={{ itemId }} search={{ bomId }} data-row>
                          {itemNumber}
                        </Link>
                        <span className="address">{itemName}</span>
                      </>
                    ),
                  },
                  {
                    name: "level",
                    title: t("bom.level"),
                    isNumber: true,
                    renderCell: (row) => row.level,
                  },
                  { name: "revision", title: t("bom.revision"), renderCell: (row) => row.revision },
                  {
                    name: "quantity",
                    title: t("bom.inOne"),
                    isNumber: true,
                    renderCell: ({ quantityPer }) => (
                      <Quantity value={quantityPer} uom={item.uom} />
                    ),
                  },
                ]}
              />
              {rows.length > rowsShownMax && (
                <p className="hint">
                  {t("bom.firstOf", { shown: rowsShownMax, all: rows.length })}
                </p>
              )}
            </>
          )
        }
      </Loaded>
      {isReplacing && <ReplaceItem item={item} onClose={() => setReplacing(false)} />}
    </>
  );
}

/** A table of more than this is slow to draw, and nobody reads it to the end. */
const rowsShownMax = 500;
