import type { Machine, Metric } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";

import { onLive } from "../api/live.ts";
import { type TimeWindow, trendsQuery } from "../api/queries.ts";
import { DataAge } from "../ui/age.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { useColorScheme } from "../ui/settings.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useNow } from "../ui/use-now.ts";
import { TrendChart } from "./trend-chart.tsx";
import { addLive, type Points, pointsToDraw } from "./trend-points.ts";

/** More charts than that nobody compares, and the route allows eight. */
const chosenMax = 6;

/** Trends of the chosen metrics, one chart each, because each has its own unit. */
export function Trends({ machine, window }: { machine: Machine; window: TimeWindow }) {
  const t = useTranslations();
  const numeric = machine.metrics.filter((metric) => metric.isNumeric);
  const [picked, setPicked] = useState<string[] | null>(null);
  const chosen = numeric.filter((metric) =>
    (picked ?? firstChoice(numeric)).includes(metric.metricId),
  );
  const ids = chosen.map((metric) => metric.metricId);
  const query = useQuery(trendsQuery(machine.workUnitId, ids, window));
  const live = useLivePoints(machine.workUnitId);
  const now = useNow();
  const scheme = useColorScheme();
  if (numeric.length === 0) return <p className="none">{t("trend.noMetric")}</p>;

  const toggle = (id: string) =>
    setPicked(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  return (
    <>
      <fieldset className="chips">
        <legend>{t("trend.choose", { max: chosenMax })}</legend>
        {numeric.map((metric) => (
          <label key={metric.metricId} className="chip">
            <input
              type="checkbox"
              checked={ids.includes(metric.metricId)}
              disabled={ids.length >= chosenMax && !ids.includes(metric.metricId)}
              onChange={() => toggle(metric.metricId)}
            />
            {metric.name}
          </label>
        ))}
      </fieldset>
      {ids.length > 0 && (
        <Loaded query={query} skeleton={<Skeleton count={ids.length} height={172} />}>
          {({ series }) =>
            chosen.map((metric) => {
              const stored = series.find((one) => one.metricId === metric.metricId);
              const isAlive = machine.tile.state !== "no_data" && metric.quality === "good";
              return (
                <figure key={metric.metricId} className="trend" aria-label={metric.name}>
                  <TrendHead metric={metric} />
                  <TrendChart
                    key={scheme}
                    name={metric.name}
                    unit={metric.unit}
                    points={pointsToDraw(
                      stored ?? { times: [], values: [] },
                      live.get(metric.metricId) ?? { times: [], values: [] },
                      { now, isAlive },
                    )}
                    from={Date.parse(window.from)}
                    to={now}
                  />
                </figure>
              );
            })
          }
        </Loaded>
      )}
    </>
  );
}

function TrendHead({ metric }: { metric: Metric }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <figcaption>
      <span className="trend-name">{metric.name}</span>
      <span className="trend-now">
        {metric.value === null ? t("value.noData") : format.value(metric.value)}{" "}
        <span className="unit">{metric.unit}</span>
      </span>
      <DataAge time={metric.sourceTime} isHeld={metric.quality === "good"} />
    </figcaption>
  );
}

/** Points that came live since the page opened; the same map all the time, filled in place. */
function useLivePoints(workUnitId: string): Map<string, Points> {
  const [points] = useState(() => new Map<string, Points>());
  useEffect(() => {
    points.clear();
    return onLive((message) => {
      if (message.kind !== "values" || message.workUnitId !== workUnitId) return;
      for (const { metricId, time, value, quality } of message.values) {
        const series = points.get(metricId) ?? { times: [], values: [] };
        points.set(metricId, series);
        const isReading = typeof value === "number" && quality === "good";
        addLive(series, time, isReading ? value : null);
      }
    });
  }, [points, workUnitId]);
  return points;
}

/** What a technician looks at first: process values, else levels, else whatever is a number. */
function firstChoice(numeric: readonly Metric[]): string[] {
  const wanted = numeric.filter((metric) =>
    ["process", "level", "weight"].includes(metric.role ?? ""),
  );
  return (wanted.length > 0 ? wanted : numeric).slice(0, 3).map((metric) => metric.metricId);
}
