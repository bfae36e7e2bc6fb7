import type { Downtime } from "@millwright/contracts/api";
import { useCallback } from "react";
import { useTranslations } from "use-intl";

import { useColorScheme } from "../../ui/settings.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { ListTable } from "../lists/list-table.tsx";
import { type ChartColors, EChart } from "./echart.tsx";

/** More bars than that nobody reads; the table has them all. */
const barsMax = 15;
const hourMs = 3_600_000;

/** Which machines were down longest, and how much of all downtime they make together. */
export function DowntimePareto({ downtimes }: { downtimes: readonly Downtime[] }) {
  const t = useTranslations();
  const format = useFormat();
  const scheme = useColorScheme();
  const option = useCallback(
    (colors: ChartColors) => {
      const words = {
        down: `${t("analytics.down")} (${t("analytics.hours")})`,
        share: `${t("analytics.share")} (%)`,
      };
      return paretoOption(downtimes, colors, { words, format });
    },
    [downtimes, t, format],
  );
  if (downtimes.length === 0) return <p className="none">{t("analytics.noDowntime")}</p>;
  return (
    <>
      <EChart key={scheme} option={option} />
      <ListTable
        label={t("analytics.downtimes")}
        rows={downtimes}
        hidden={[]}
        isLinked={false}
        keyOf={({ workUnitId }) => workUnitId}
        columns={[
          {
            name: "machine",
            title: t("analytics.machine"),
            renderCell: ({ workUnitName }) => workUnitName,
          },
          {
            name: "down",
            title: t("analytics.down"),
            isNumber: true,
            renderCell: ({ downMs }) => format.duration(downMs),
          },
          {
            name: "stops",
            title: t("analytics.stops"),
            isNumber: true,
            renderCell: ({ stops }) => format.value(stops),
          },
        ]}
      />
    </>
  );
}

function paretoOption(
  downtimes: readonly Downtime[],
  colors: ChartColors,
  {
    words,
    format,
  }: { words: { down: string; share: string }; format: ReturnType<typeof useFormat> },
) {
  const shown = downtimes.slice(0, barsMax);
  const all = downtimes.reduce((sum, { downMs }) => sum + downMs, 0);
  const shares = shown.map((_, index) =>
    Math.round(
      (shown.slice(0, index + 1).reduce((sum, { downMs }) => sum + downMs, 0) / all) * 100,
    ),
  );
  const label = { color: colors.text };
  return {
    grid: { left: 52, right: 52, top: 40, bottom: 28 },
    legend: { top: 0, left: 0, textStyle: label },
    tooltip: {
      trigger: "axis",
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: label,
    },
    xAxis: {
      type: "category",
      data: shown.map(({ workUnitName }) => workUnitName),
      axisLabel: { ...label, hideOverlap: true },
    },
    yAxis: [
      {
        type: "value",
        axisLabel: { ...label, formatter: (value: number) => format.value(value) },
        splitLine: { lineStyle: { color: colors.line } },
      },
      {
        type: "value",
        min: 0,
        max: 100,
        axisLabel: { ...label, formatter: "{value} %" },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        type: "bar",
        name: words.down,
        data: shown.map(({ downMs }) => Math.round((downMs / hourMs) * 100) / 100),
        barMaxWidth: 48,
        color: colors.down,
      },
      {
        type: "line",
        name: words.share,
        yAxisIndex: 1,
        data: shares,
        color: colors.chart,
      },
    ],
  };
}
