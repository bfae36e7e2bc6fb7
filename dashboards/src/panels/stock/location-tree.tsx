import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { locationsQuery, stockKeys } from "../../api/stock-queries.ts";
import { AddLocation } from "../../forms/warehouse/add-location.tsx";
import { PrintLabels } from "../../forms/warehouse/print-labels.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { FileMenu } from "../lists/list-files.tsx";
import { ListTable } from "../lists/list-table.tsx";
import { placeTree } from "./place-tree.ts";

/** The places as a tree: warehouses, zones, bins, and where stock comes from and goes to. */
export function LocationTree() {
  const t = useTranslations();
  const query = useQuery(locationsQuery);
  const mayCreate = useMay()("location:create");
  const [isAdding, setAdding] = useState(false);
  const bins = (query.data?.rows ?? []).filter(({ kind }) => kind === "bin");
  return (
    <>
      <div className="list-head">
        <PrintLabels
          words={t("stock.binLabels", { count: Math.min(bins.length, labelsMax) })}
          labels={bins
            .slice(0, labelsMax)
            .map(({ locationId }) => ({ of: "location" as const, locationId }))}
        />
        <FileMenu
          title={t("stock.view.locations")}
          path="/api/stock/locations"
          importKey={mayCreate ? stockKeys.all : null}
        />
        {mayCreate && (
          <button type="button" className="button button-main" onClick={() => setAdding(true)}>
            <Icon name="add" size={16} /> {t("stock.addPlace")}
          </button>
        )}
      </div>
      <Loaded query={query} skeleton={<Skeleton count={10} height={44} />}>
        {({ rows, isCut }) => (
          <>
            {isCut && <p className="notice">{t("stock.placesCut")}</p>}
            <ListTable
              label={t("stock.view.locations")}
              rows={placeTree(rows)}
              hidden={[]}
              keyOf={({ location }) => location.locationId}
              columns={[
                {
                  name: "code",
                  title: t("stock.code"),
                  renderCell: ({ location, depth }) => (
                    <span style={{ paddingLeft: depth * 22 }}>
                      <Link
                        to={paths.stock}
                        search={{ locationId: location.locationId, view: "balances" }}
                        data-row
                      >
                        {location.code}
                      </Link>
                    </span>
                  ),
                },
                {
                  name: "name",
                  title: t("item.name"),
                  renderCell: ({ location }) => location.name,
                },
                {
                  name: "kind",
                  title: t("items.kind"),
                  renderCell: ({ location }) => t(`locationKind.${location.kind}`),
                },
                {
                  name: "label",
                  title: t("label.print"),
                  renderCell: ({ location }) => (
                    <PrintLabels
                      isSmall
                      labels={[{ of: "location", locationId: location.locationId }]}
                    />
                  ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
      {isAdding && <AddLocation onClose={() => setAdding(false)} />}
    </>
  );
}

/** As the contract: one PDF has at most 500 pages. */
const labelsMax = 500;
