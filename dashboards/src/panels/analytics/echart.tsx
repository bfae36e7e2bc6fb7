import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Colours of the page as ones a canvas understands. */
export type ChartColors = Record<
  "text" | "line" | "surface" | "chart" | "producing" | "idle" | "setup" | "down",
  string
>;

const heightPx = 280;

/**
 * A chart of ECharts in the colours of the page; what it shows stands in a table beside it too. Colours
 * are read when it is made: give it a new key when they change.
 */
export function EChart({
  option,
  onChoose,
}: {
  option: (colors: ChartColors) => EChartsCoreOption;
  /** Somebody pressed the nth mark of a series. */
  onChoose?: (index: number) => void;
}) {
  const choose = useRef(onChoose);
  useEffect(() => {
    choose.current = onChoose;
  }, [onChoose]);
  const place = useRef<HTMLDivElement>(null);
  const draw = useRef<((next: typeof option) => void) | null>(null);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const colors = colorsOf(element);
    const chart = init(element);
    chart.on("click", ({ dataIndex }) => choose.current?.(dataIndex));
    draw.current = (next) => chart.setOption({ animation: false, ...next(colors) }, true);
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.dispose();
      draw.current = null;
    };
  }, []);
  useEffect(() => draw.current?.(option), [option]);

  return <div ref={place} className="echart" style={{ minHeight: heightPx }} aria-hidden="true" />;
}

function colorsOf(element: HTMLElement): ChartColors {
  const probe = element.appendChild(document.createElement("span"));
  const read = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: read("text-quiet"),
    line: read("line"),
    surface: read("surface"),
    chart: read("chart"),
    producing: read("producing"),
    idle: read("idle"),
    setup: read("setup"),
    down: read("down"),
  };
  probe.remove();
  return colors;
}
