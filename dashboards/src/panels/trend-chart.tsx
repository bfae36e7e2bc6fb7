import "uplot/dist/uPlot.min.css";

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { useTranslations } from "use-intl";

import { useFormat } from "../ui/use-format.ts";
import type { Points } from "./trend-points.ts";

const chartHeightPx = 132;
const second = 1_000;

/**
 * One metric over time. The crosshair is shared with the other charts of the page, so that a spike
 * can be compared; gaps are gaps. `from`, `to`: epoch milliseconds. Colours are read from the page when
 * the chart is made: give it a new key when they change.
 */
export function TrendChart({
  name,
  unit,
  points,
  from,
  to,
}: {
  name: string;
  unit: string;
  points: Points;
  from: number;
  to: number;
}) {
  const format = useFormat();
  const noData = useTranslations()("value.noData");
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new uPlot(options({ element, name, unit, format, noData }), [[], []], element);
    chart.current = plot;
    const resized = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: chartHeightPx }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [name, unit, format, noData]);

  useEffect(() => {
    const plot = chart.current;
    if (plot === null) return;
    plot.batch(() => {
      plot.setData([points.times.map((time) => time / second), points.values], false);
      plot.setScale("x", { min: from / second, max: to / second });
    });
  }, [points, from, to]);

  return <div ref={place} className="chart" aria-hidden="true" />;
}

function options({
  element,
  name,
  unit,
  format,
  noData,
}: {
  element: HTMLElement;
  name: string;
  unit: string;
  format: ReturnType<typeof useFormat>;
  noData: string;
}): uPlot.Options {
  const style = getComputedStyle(element);
  // The chart's own element carries the three colours as ones a canvas understands.
  const [line, text, grid] = [style.color, style.outlineColor, style.borderTopColor];
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: chartHeightPx,
    padding: [8, 22, 0, 0],
    cursor: { sync: { key: "trends" }, y: false, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_plot, min, max) => withRoom(min, max) } },
    series: [
      {
        value: (_plot, time: number | null) =>
          time === null ? "" : format.siteTime(time * second, "time"),
      },
      {
        label: name,
        stroke: line,
        width: 1.5,
        spanGaps: false,
        points: { show: false },
        value: (_plot, value: number | null, _series, index) =>
          // Off the chart there is no index; on it, null is a hole.
          index === null ? "" : value === null ? noData : `${format.value(value)} ${unit}`,
      },
    ],
    axes: [
      {
        ...axis,
        size: 28,
        space: 90,
        values: (_plot, ticks) => ticks.map((tick) => format.siteTime(tick * second, "minute")),
      },
      { ...axis, size: 62, space: 24, values: (_plot, ticks) => ticks.map(format.value) },
    ],
  };
}

/** A tenth of air above and below; a flat line lies in the middle and not on an edge. */
function withRoom(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const room = max === min ? Math.max(1, Math.abs(max) * 0.1) : (max - min) * 0.1;
  return [min - room, max + room];
}
