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
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { Paged } from "../../panels/lists/paged.tsx";
import { SearchBox } from "../../panels/lists/search-box.tsx";
import { PageHead } from "../../panels/page-head.tsx";
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
  const choices = useListChoices("items");
  const mayCreate = useMay()("item:create");
  const [isCreating, setCreating] = useState(false);
  const show = (search: ItemFilter) => void navigate({ to: paths.items, search, replace: true });
  const { search: _, ...withoutSearch } = filter;
  const { kind: __, ...withoutKind } = filter;
  const choose = (value: string) => {
    const kind = itemKinds.find((one) => one === value);
    show({ ...withoutKind, ...(kind !== undefined && { kind }) });
  };
  return (
    <>
      <PageHead title={t("page.items")}>
        <search className="filter">
          <SearchBox
            label={t("items.search")}
            value={filter.search ?? ""}
            onSearch={(search) => show({ ...withoutSearch, ...(search !== "" && { search }) })}
          />
          <select
            className="select"
            aria-label={t("items.kind")}
            value={filter.kind ?? ""}
            onChange={(event) => choose(event.target.value)}
          >
            <option value="">{t("items.allKinds")}</option>
            {itemKinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`itemKind.${kind}`)}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={paths.items}
            files={{
              title: t("page.items"),
              path: "/api/items",
              importKey: mayCreate ? keys.items : null,
            }}
          />
        </search>
        {mayCreate && (
          <button type="button" className="button button-main" onClick={() => setCreating(true)}>
            <Icon name="add" size={16} /> {t("item.new")}
          </button>
        )}
      </PageHead>
      <Paged
        query={query}
        empty={<p>{t(Object.keys(filter).length > 0 ? "items.noneFound" : "items.none")}</p>}
      >
        {(items) => (
          <ListTable
            label={t("page.items")}
            rows={items}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ itemId }) => itemId}
            sorting={{
              sort: filter.sort,
              onSort: (sort) => show(readItemFilter({ ...filter, sort })),
            }}
          />
        )}
      </Paged>
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
