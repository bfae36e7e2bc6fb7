import type { OeeRow, Ratio } from "@millwright/contracts/api";
import { useCallback } from "react";
import { useTranslations } from "use-intl";

import { useColorScheme } from "../../ui/settings.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { type ChartColors, EChart } from "./echart.tsx";

/** OEE and its three factors by production day; a day without a figure is a hole. */
export function OeeTrend({ rows }: { rows: readonly OeeRow[] }) {
  const t = useTranslations();
  const format = useFormat();
  const scheme = useColorScheme();
  const option = useCallback(
    (colors: ChartColors) => {
      const line = (name: "oee" | "availability" | "effectiveness" | "quality", color: string) => ({
        type: "line",
        name: t(`analytics.${name}`),
        // Of a range the lower end: what is proved.
        data: rows.map(({ oee }) => percentOf(oee[name])),
        connectNulls: false,
        showSymbol: rows.length < 40,
        lineStyle: { width: name === "oee" ? 3 : 1.5 },
        color,
      });
      const axis = {
        axisLabel: { color: colors.text },
        splitLine: { lineStyle: { color: colors.line } },
      };
      return {
        grid: { left: 52, right: 16, top: 40, bottom: 28 },
        legend: { top: 0, left: 0, textStyle: { color: colors.text } },
        tooltip: {
          trigger: "axis",
          backgroundColor: colors.surface,
          borderColor: colors.line,
          textStyle: { color: colors.text },
          valueFormatter: (value: unknown) =>
            typeof value === "number" ? `${format.value(value)} %` : t("value.notApplicable"),
        },
        xAxis: { ...axis, type: "category", data: rows.map(({ day }) => format.day(day ?? "")) },
        yAxis: {
          ...axis,
          type: "value",
          min: 0,
          axisLabel: { color: colors.text, formatter: "{value} %" },
        },
        series: [
          line("oee", colors.chart),
          line("availability", colors.producing),
          line("effectiveness", colors.idle),
          line("quality", colors.setup),
        ],
      };
    },
    [rows, t, format],
  );
  return <EChart key={scheme} option={option} />;
}

function percentOf(ratio: Ratio): number | null {
  return ratio === null ? null : Math.round(ratio.low * 1000) / 10;
}
