import type { DowntimeReport } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslations } from "use-intl";

import { type DayRange, downtimeQuery, type StopFilter } from "../../api/downtime-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { AssignCode } from "../../forms/downtime/assign-code.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useColorScheme } from "../../ui/settings.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { useReasonWords } from "../downtime/use-reason-words.ts";
import { ListTable } from "../lists/list-table.tsx";
import { DowntimeStops } from "./downtime-stops.tsx";
import { type ChartColors, EChart } from "./echart.tsx";

/** A bar: what it is of, and which stops are behind it. */
type Bar = {
  key: string;
  name: string;
  downMs: number;
  stops: number;
  /** Nobody knows why. */
  isUnknown: boolean;
  /** A code of machines that has no meaning yet. */
  code: string | null;
  filter: Pick<StopFilter, "reason" | "workUnitId">;
};

/** What machines were down for, or which ones were, and how much of all downtime they make together. */
export function DowntimePareto({ range, by }: { range: DayRange; by: "reason" | "machine" }) {
  const query = useQuery(downtimeQuery(range));
  return (
    <Loaded query={query} skeleton={<Skeleton height={300} />}>
      {(report) => <Pareto report={report} range={range} by={by} />}
    </Loaded>
  );
}

function Pareto({
  report,
  range,
  by,
}: {
  report: DowntimeReport;
  range: DayRange;
  by: "reason" | "machine";
}) {
  const t = useTranslations();
  const format = useFormat();
  const scheme = useColorScheme();
  const bars = useBars(report, by);
  const [chosen, setChosen] = useState<Bar | null>(null);
  const option = useCallback(
    (colors: ChartColors) => {
      // Minutes of a shift, hours of a month.
      const isShort = (bars[0]?.downMs ?? 0) < 3 * hourMs;
      const unit = t(isShort ? "analytics.minutes" : "analytics.hours");
      const words = {
        down: `${t("analytics.down")} (${unit})`,
        share: `${t("analytics.share")} (%)`,
      };
      return paretoOption(bars, colors, { words, format, unitMs: isShort ? minuteMs : hourMs });
    },
    [bars, t, format],
  );
  if (bars.length === 0) return <p className="none">{t("analytics.noDowntime")}</p>;
  return (
    <>
      <EChart key={scheme} option={option} onChoose={(index) => setChosen(bars[index] ?? null)} />
      <ParetoTable bars={bars} by={by} onChoose={setChosen} />
      <p className="hint">{t("downtime.explained")}</p>
      {chosen !== null && (
        <DowntimeStops
          name={chosen.name}
          filter={{ ...range, ...chosen.filter, order: "longest" }}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}

function useBars(report: DowntimeReport, by: "reason" | "machine"): Bar[] {
  const { whyOf } = useReasonWords();
  if (by === "machine") {
    return report.byMachine.map(({ workUnitId, workUnitName, downMs, stops }) => ({
      key: workUnitId,
      name: workUnitName,
      downMs,
      stops,
      isUnknown: false,
      code: null,
      filter: { workUnitId },
    }));
  }
  return report.byReason.map(({ key, reason, machineCode, downMs, stops }) => ({
    key,
    name: whyOf({ reason, machineCode }),
    downMs,
    stops,
    isUnknown: reason === null,
    code: machineCode,
    filter: { reason: key },
  }));
}

/** The same as words and figures; what the chart shows by mouse is here by keyboard. */
function ParetoTable({
  bars,
  by,
  onChoose,
}: {
  bars: readonly Bar[];
  by: "reason" | "machine";
  onChoose: (bar: Bar) => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const mayAssign = useMay()("downtime_reason:change");
  const [code, setCode] = useState<string | null>(null);
  const all = bars.reduce((sum, { downMs }) => sum + downMs, 0);
  return (
    <>
      <ListTable
        label={t(`downtime.pareto.${by}`)}
        rows={bars}
        hidden={[]}
        isLinked={false}
        keyOf={({ key }) => key}
        columns={[
          {
            name: "name",
            title: t(`downtime.column.${by}`),
            renderCell: (bar) => (
              <>
                <button type="button" className="button-link" onClick={() => onChoose(bar)}>
                  {bar.name}
                </button>
                {bar.code !== null && mayAssign && (
                  <button
                    type="button"
                    className="button button-small"
                    onClick={() => setCode(bar.code)}
                  >
                    {t("downtime.assign")}
                  </button>
                )}
              </>
            ),
          },
          {
            name: "down",
            title: t("analytics.down"),
            isNumber: true,
            renderCell: ({ downMs }) => format.duration(downMs),
          },
          {
            name: "share",
            title: "%",
            isNumber: true,
            renderCell: ({ downMs }) => format.ratio({ low: downMs / all, high: downMs / all }),
          },
          {
            name: "stops",
            title: t("analytics.stops"),
            isNumber: true,
            renderCell: ({ stops }) => format.value(stops),
          },
        ]}
      />
      {code !== null && <AssignCode code={code} onClose={() => setCode(null)} />}
    </>
  );
}

/** More bars than that nobody reads; the table has them all. */
const barsMax = 15;
const minuteMs = 60_000;
const hourMs = 3_600_000;

function paretoOption(
  bars: readonly Bar[],
  colors: ChartColors,
  {
    words,
    format,
    unitMs,
  }: {
    words: { down: string; share: string };
    format: ReturnType<typeof useFormat>;
    unitMs: number;
  },
) {
  const shown = bars.slice(0, barsMax);
  const all = bars.reduce((sum, { downMs }) => sum + downMs, 0);
  let sum = 0;
  const shares = shown.map(({ downMs }) => {
    sum += downMs;
    return Math.round((sum / all) * 100);
  });
  const label = { color: colors.text };
  return {
    grid: { left: 52, right: 52, top: 40, bottom: 84 },
    legend: { top: 0, left: 0, textStyle: label },
    tooltip: {
      trigger: "axis",
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: label,
    },
    xAxis: {
      type: "category",
      data: shown.map(({ name }) => name),
      // Names are long and must all be read: slanted, and cut where even that has no room.
      axisLabel: { ...label, interval: 0, rotate: 30, width: 136, overflow: "truncate" },
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
        data: shown.map(({ downMs, isUnknown }) => ({
          value: Math.round((downMs / unitMs) * 100) / 100,
          ...(isUnknown && { itemStyle: { color: colors.text } }),
        })),
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
