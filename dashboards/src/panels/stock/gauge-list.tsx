import type { StockGauge } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { gaugesQuery } from "../../api/stock-queries.ts";
import { SaveGauge } from "../../forms/warehouse/save-gauge.tsx";
import { DataAge } from "../../ui/age.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { ListPanel } from "../lists/list-panel.tsx";
import type { Column } from "../lists/list-table.tsx";

/** Silos and scales: which sensor measures which bin, what it says now, and when it proposes something. */
export function GaugeList() {
  const t = useTranslations();
  const query = useInfiniteQuery(gaugesQuery);
  const mayKeep = useMay()("stock:keep_item");
  const [edited, setEdited] = useState<StockGauge | "new" | null>(null);
  const columns = useColumns(mayKeep ? setEdited : null);
  return (
    <>
      <ListPanel
        name="gauges"
        title={t("stock.view.gauges")}
        query={query}
        columns={columns}
        keyOf={({ gaugeId }) => gaugeId}
        files={{ path: "/api/stock/gauges" }}
        empty={t("stockGauge.none")}
        action={
          mayKeep && (
            <button type="button" className="button button-main" onClick={() => setEdited("new")}>
              <Icon name="add" size={16} /> {t("stockGauge.new")}
            </button>
          )
        }
      />
      {edited !== null && (
        <SaveGauge gauge={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

function useColumns(onEdit: ((gauge: StockGauge) => void) | null): Column<StockGauge>[] {
  const t = useTranslations();
  return [
    { name: "place", title: t("stock.place"), renderCell: ({ locationCode }) => locationCode },
    { name: "item", title: t("column.item"), renderCell: ({ itemNumber }) => itemNumber },
    {
      name: "sensor",
      title: t("stockGauge.sensor"),
      renderCell: ({ workUnitName, role }) => (
        <>
          {workUnitName} <span className="address">{t(`bindingRole.${role}`)}</span>
        </>
      ),
    },
    {
      name: "measured",
      title: t("proposals.measured"),
      isNumber: true,
      renderCell: ({ measured, uom, finding, sourceTime }) =>
        finding === "measured" && sourceTime !== null ? (
          <>
            <Quantity value={measured} uom={uom} /> <DataAge isHeld time={sourceTime} />
          </>
        ) : (
          <span className="unknown">{t(`stockGauge.finding.${finding}`)}</span>
        ),
    },
    {
      name: "expected",
      title: t("proposals.expected"),
      isNumber: true,
      renderCell: ({ expected, uom }) => <Quantity value={expected} uom={uom} />,
    },
    {
      name: "refill",
      title: t("stockGauge.refillBelow"),
      isNumber: true,
      isWide: true,
      renderCell: ({ refillBelow, uom }) => <Quantity value={refillBelow} uom={uom} />,
    },
    {
      name: "rule",
      title: t("stockGauge.autoConfirm"),
      isNumber: true,
      isWide: true,
      renderCell: ({ autoConfirmUpTo, uom }) => <Quantity value={autoConfirmUpTo} uom={uom} />,
    },
    {
      name: "active",
      title: t("column.state"),
      renderCell: ({ isActive }) => t(isActive ? "stockGauge.active" : "stockGauge.inactive"),
    },
    {
      name: "edit",
      title: "",
      renderCell: (gauge) =>
        onEdit !== null && (
          <button type="button" className="button button-small" onClick={() => onEdit(gauge)}>
            {t("action.edit")}
          </button>
        ),
    },
  ];
}
