import type { Demand } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { type DemandFilter, demandsQuery, planningKeys } from "../../api/planning-queries.ts";
import { SaveDemand } from "../../forms/planning/save-demand.tsx";
import { ListPage } from "../../panels/lists/list-page.tsx";
import type { Column } from "../../panels/lists/list-table.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { readDemandFilter } from "./demand-filter.ts";

/** What is asked for from outside, by due day: what MRP plans for. */
export function DemandsPage() {
  const t = useTranslations();
  const mayChange = useMay()("demand:change");
  const navigate = useNavigate();
  const filter: DemandFilter = useSearch({ from: paths.demands });
  const show = (asked: Record<string, unknown>) =>
    void navigate({ to: paths.demands, search: readDemandFilter(asked), replace: true });
  const [edited, setEdited] = useState<Demand | "new" | null>(null);
  const query = useInfiniteQuery(demandsQuery(filter));
  const columns = useColumns(mayChange ? setEdited : null);
  return (
    <>
      <ListPage
        name="demands"
        title={t("page.demands")}
        to={paths.demands}
        filter={filter}
        onFilter={show}
        searchLabel={t("planning.searchItem")}
        query={query}
        columns={columns}
        keyOf={({ demandId }) => demandId}
        isLinked={false}
        files={{
          path: "/api/planning/demands",
          importKey: mayChange ? planningKeys.demands : null,
        }}
        empty={t("planning.noneDemands")}
        action={
          mayChange && (
            <button type="button" className="button button-main" onClick={() => setEdited("new")}>
              <Icon name="add" size={16} /> {t("planning.newDemand")}
            </button>
          )
        }
      />
      {edited !== null && (
        <SaveDemand demand={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

function useColumns(onEdit: ((demand: Demand) => void) | null): Column<Demand>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "item",
      title: t("column.item"),
      sort: "itemNumber",
      renderCell: (demand) => (
        <>
          {onEdit === null ? (
            demand.itemNumber
          ) : (
            <button type="button" className="button" onClick={() => onEdit(demand)}>
              {demand.itemNumber}
            </button>
          )}{" "}
          <span className="address">{demand.itemName}</span>
        </>
      ),
    },
    {
      name: "quantity",
      title: t("planning.quantity"),
      sort: "quantity",
      isNumber: true,
      renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
    },
    {
      name: "due",
      title: t("planning.dueDay"),
      sort: "dueDay",
      renderCell: ({ dueDay }) => format.day(dueDay),
    },
    {
      name: "kind",
      title: t("planning.kind"),
      sort: "kind",
      renderCell: ({ kind }) => t(`planning.demandKind.${kind}`),
    },
    {
      name: "site",
      title: t("planning.site"),
      isWide: true,
      renderCell: ({ siteCode }) => siteCode ?? "–",
    },
    {
      name: "reference",
      title: t("planning.reference"),
      sort: "reference",
      isWide: true,
      renderCell: ({ reference }) => reference || "–",
    },
  ];
}
