import type { StoredItem } from "@millwright/contracts/api";
import { itemKinds } from "@millwright/contracts/states/engineering";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { type ItemFilter, itemListQuery } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { keys } from "../../api/queries.ts";
import { CreateItem } from "../../forms/engineering/create-item.tsx";
import { KindMark } from "../../panels/items/kind-mark.tsx";
import { FilterSelect } from "../../panels/lists/filter-select.tsx";
import { ListPage } from "../../panels/lists/list-page.tsx";
import type { Column } from "../../panels/lists/list-table.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { readItemFilter } from "./item-filter.ts";

/** What is made, bought and used, by number; the filter is in the URL. */
export function ItemsPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const filter: ItemFilter = useSearch({ from: paths.items });
  const query = useInfiniteQuery(itemListQuery(filter));
  const columns = useColumns();
  const mayCreate = useMay()("item:create");
  const [isCreating, setCreating] = useState(false);
  const show = (asked: Record<string, unknown>) =>
    void navigate({ to: paths.items, search: readItemFilter(asked), replace: true });
  const isFiltered = filter.kind !== undefined || filter.search !== undefined;
  return (
    <>
      <ListPage
        name="items"
        title={t("page.items")}
        to={paths.items}
        filter={filter}
        onFilter={show}
        searchLabel={t("items.search")}
        filters={
          <FilterSelect
            label={t("items.kind")}
            all={t("items.allKinds")}
            value={filter.kind}
            options={itemKinds.map((value) => ({ value, title: t(`itemKind.${value}`) }))}
            onChoose={(kind) => show({ ...filter, kind })}
          />
        }
        query={query}
        columns={columns}
        keyOf={({ itemId }) => itemId}
        files={{ path: "/api/items", importKey: mayCreate ? keys.items : null }}
        empty={t(isFiltered ? "items.noneFound" : "items.none")}
        action={
          mayCreate && (
            <button type="button" className="button button-main" onClick={() => setCreating(true)}>
              <Icon name="add" size={16} /> {t("item.new")}
            </button>
          )
        }
      />
      {isCreating && <CreateItem onClose={() => setCreating(false)} />}
    </>
  );
}

function useColumns(): Column<StoredItem>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "item",
      title: t("column.item"),
      sort: "number",
      renderCell: ({ itemId, number }) => (
        <Link to={paths.item} params={{ itemId }} data-row>
          {number}
        </Link>
      ),
    },
    { name: "name", title: t("item.name"), sort: "name", renderCell: ({ name }) => name },
    {
      name: "kind",
      title: t("items.kind"),
      sort: "kind",
      renderCell: ({ kind }) => <KindMark kind={kind} />,
    },
    { name: "uom", title: t("column.unit"), sort: "uom", renderCell: ({ uom }) => uom },
    {
      name: "revision",
      title: t("items.revision"),
      sort: "revision",
      isWide: true,
      renderCell: ({ revision }) => revision || "–",
    },
    {
      name: "tracking",
      title: t("items.tracking"),
      sort: "tracking",
      isWide: true,
      renderCell: ({ tracking }) => t(`tracking.${tracking}`),
    },
    {
      name: "operations",
      title: t("items.operations"),
      isNumber: true,
      isWide: true,
      renderCell: ({ operations }) => (operations.length === 0 ? "–" : operations.length),
    },
    {
      name: "price",
      title: t("items.purchasePrice"),
      sort: "purchasePrice",
      isNumber: true,
      isWide: true,
      renderCell: ({ purchasePrice }) =>
        purchasePrice === null ? "–" : format.money(purchasePrice),
    },
    {
      name: "cost",
      title: t("items.standardCost"),
      sort: "standardCost",
      isNumber: true,
      renderCell: ({ standardCost, kind, purchasePrice }) => {
        // A bought item costs what it is bought for; only made ones are rolled up.
        const cost = kind === "buy" ? (standardCost ?? purchasePrice) : standardCost;
        return cost === null ? (
          <span className="unknown">{t("items.costUnknown")}</span>
        ) : (
          format.money(cost)
        );
      },
    },
  ];
}
