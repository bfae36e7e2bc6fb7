import type { StockGauge } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { gaugesQuery } from "../../api/stock-queries.ts";
import { SaveGauge } from "../../forms/warehouse/save-gauge.tsx";
import { DataAge } from "../../ui/age.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { Paged } from "../lists/paged.tsx";

/** Silos and scales: which sensor measures which bin, what it says now, and when it proposes something. */
export function GaugeList() {
  const t = useTranslations();
  const query = useInfiniteQuery(gaugesQuery);
  const choices = useListChoices("gauges");
  const mayKeep = useMay()("stock:keep_item");
  const [edited, setEdited] = useState<StockGauge | "new" | null>(null);
  const columns = useColumns(mayKeep ? setEdited : null);
  return (
    <>
      <div className="list-head">
        <ListTools
          choices={choices}
          columns={columns}
          files={{ title: t("stock.view.gauges"), path: "/api/stock/gauges" }}
        />
        {mayKeep && (
          <button type="button" className="button button-main" onClick={() => setEdited("new")}>
            <Icon name="add" size={16} /> {t("stockGauge.new")}
          </button>
        )}
      </div>
      <Paged query={query} empty={<p>{t("stockGauge.none")}</p>}>
        {(rows) => (
          <ListTable
            label={t("stock.view.gauges")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ gaugeId }) => gaugeId}
            isLinked={false}
          />
        )}
      </Paged>
      {edited !== null && (
        <SaveGauge gauge={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

function useColumns(onEdit: ((gauge: StockGauge) => void) | null): Column<StockGauge>[] {
  const t = useTranslations();
  const format = useFormat();
  const inUnit = (quantity: string | null, uom: string) =>
    quantity === null ? (
      "–"
    ) : (
      <>
        {format.quantity(quantity)} <span className="unit">{uom}</span>
      </>
    );
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
            {inUnit(measured, uom)} <DataAge isHeld time={sourceTime} />
          </>
        ) : (
          <span className="unknown">{t(`stockGauge.finding.${finding}`)}</span>
        ),
    },
    {
      name: "expected",
      title: t("proposals.expected"),
      isNumber: true,
      renderCell: ({ expected, uom }) => inUnit(expected, uom),
    },
    {
      name: "refill",
      title: t("stockGauge.refillBelow"),
      isNumber: true,
      isWide: true,
      renderCell: ({ refillBelow, uom }) => inUnit(refillBelow, uom),
    },
    {
      name: "rule",
      title: t("stockGauge.autoConfirm"),
      isNumber: true,
      isWide: true,
      renderCell: ({ autoConfirmUpTo, uom }) => inUnit(autoConfirmUpTo, uom),
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
