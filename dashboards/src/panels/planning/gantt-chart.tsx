import type { Gantt } from "@millwright/contracts/api";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { useFormat } from "../../ui/use-format.ts";
import { ganttTicks } from "./gantt-axis.ts";
import { barsOf, type GanttScale, rowHeight } from "./gantt-bars.ts";

/** Work centers by time, read only; the same operations as a list are for readers of screens. */
export function GanttChart({ gantt }: { gantt: Gantt }) {
  const t = useTranslations();
  const format = useFormat();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const [zoom, setZoom] = useState<number | null>(null);
  const span = useMemo(() => spanOf(gantt), [gantt]);
  const hours = hoursOf(span);
  const pxPerHour = zoom ?? Math.min(pxPerHourMax, Math.max(pxPerHourFirst, room / hours));
  const width = Math.max(300, Math.min(widthMax, hours * pxPerHour));
  const scheme = useColorScheme();
  useEffect(() => {
    const element = canvas.current;
    if (element !== null) draw(element, gantt, { scale: { ...span, width }, scheme, format });
  }, [gantt, span, width, scheme, format]);
  return (
    <section aria-label={t("planning.gantt")}>
      <div className="gantt-tools">
        <button
          type="button"
          className="button"
          onClick={() => setZoom(Math.max(pxPerHourMin, pxPerHour / 2))}
        >
          {t("planning.zoomOut")}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => setZoom(Math.min(pxPerHourMax, pxPerHour * 2))}
        >
          {t("planning.zoomIn")}
        </button>
      </div>
      <div className="gantt">
        <ol className="gantt-names">
          {gantt.workCenters.map(({ workCenterId, name }) => (
            <li key={workCenterId}>{name}</li>
          ))}
        </ol>
        <div ref={frame} className="gantt-scroll">
          <canvas ref={canvas} aria-hidden="true" />
        </div>
      </div>
      <details>
        <summary>{t("planning.asList")}</summary>
        <ul>
          {gantt.operations.slice(0, listedMax).map((row) => (
            <li key={`${row.workOrderId} ${row.step}`}>
              {row.number} · {row.step} {row.name} · {row.itemNumber} ·{" "}
              {format.siteTime(row.starts, "dayMinute")} – {format.siteTime(row.ends, "dayMinute")}
              {row.isFixed && ` · ${t("planning.fixed")}`}
            </li>
          ))}
        </ul>
        {gantt.operations.length > listedMax && <p className="notice">{t("planning.cut")}</p>}
      </details>
    </section>
  );
}

/** As `planning.cut` says. */
const listedMax = 500;
const pxPerHourMin = 5;
/** A month is scrolled through; a day fills the screen. */
const pxPerHourFirst = 40;
const pxPerHourMax = 7_680;

/** Browsers refuse canvases beyond 32,767 pixels; what does not fit is squeezed. */
const widthMax = 16_000;
const axisHeight = 24;

type Span = Pick<GanttScale, "startMs" | "endMs">;

function hoursOf({ startMs, endMs }: Span): number {
  return Math.max(1, endMs - startMs) / hourMs;
}

function spanOf({ operations }: Gantt): Span {
  let startMs = Infinity;
  let endMs = 0;
  for (const { starts, ends } of operations) {
    startMs = Math.min(startMs, Date.parse(starts));
    endMs = Math.max(endMs, Date.parse(ends));
  }
  return { startMs, endMs };
}

const hourMs = 3_600_000;

type Drawing = { scale: GanttScale; scheme: string; format: ReturnType<typeof useFormat> };

function draw(element: HTMLCanvasElement, gantt: Gantt, { scale, scheme, format }: Drawing): void {
  element.dataset["scheme"] = scheme;
  const ratio = Math.min(globalThis.devicePixelRatio, widthMax / scale.width, 2);
  const height = axisHeight + gantt.workCenters.length * rowHeight;
  element.width = scale.width * ratio;
  element.height = height * ratio;
  element.style.width = `${scale.width}px`;
  element.style.height = `${height}px`;
  const pen = element.getContext("2d");
  if (pen === null) return;
  pen.scale(ratio, ratio);
  const style = getComputedStyle(element);
  const color = (name: string) => resolved(element, style.getPropertyValue(name));
  pen.font = `12px ${style.fontFamily}`;
  pen.textBaseline = "middle";
  drawAxis(pen, height, { scale, format }, color);
  for (const bar of barsOf(gantt, scale)) {
    const y = axisHeight + bar.row * rowHeight + 3;
    pen.fillStyle = color(
      bar.isLate ? "--down-ground" : bar.isFixed ? "--bar-good" : "--accent-ground",
    );
    pen.fillRect(bar.x, y, bar.width, rowHeight - 6);
    if (bar.width < labelledMin) continue;
    const label = bar.labels.find((text) => pen.measureText(text).width <= bar.width - 8);
    if (label === undefined) continue;
    pen.fillStyle = color("--on-accent");
    pen.fillText(label, bar.x + 4, y + rowHeight / 2 - 3);
  }
}

/** Nothing fits a narrower bar. */
const labelledMin = 20;

/** The palette says `light-dark(…)`, which a canvas does not understand: the browser works it out. */
function resolved(element: HTMLElement, value: string): string {
  const before = element.style.color;
  element.style.color = value;
  const color = getComputedStyle(element).color;
  element.style.color = before;
  return color;
}

function drawAxis(
  pen: CanvasRenderingContext2D,
  height: number,
  { scale, format }: Pick<Drawing, "scale" | "format">,
  color: (name: string) => string,
): void {
  const quiet = color("--text-quiet");
  const strong = color("--text");
  const day = format.siteTime(scale.startMs, "day");
  pen.fillStyle = strong;
  pen.fillText(day, 4, 12);
  const dayEnds = 12 + pen.measureText(day).width;
  for (const { timeMs, x, isDay } of ganttTicks(scale, format.timeZone)) {
    pen.fillStyle = color("--line");
    pen.fillRect(x, x < dayEnds ? axisHeight : 0, 1, height);
    if (x < dayEnds) continue;
    pen.fillStyle = isDay ? strong : quiet;
    pen.fillText(format.siteTime(timeMs, isDay ? "day" : "minute"), x + 4, 12);
  }
}

/** Width of an element's inside, as it changes. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const sizes = new ResizeObserver(() => setWidth(current.clientWidth));
    sizes.observe(current);
    return () => sizes.disconnect();
  }, [element]);
  return width;
}

/** Names the colours in use: when it changes, the canvas is drawn anew. */
function useColorScheme(): string {
  const [scheme, setScheme] = useState("");
  useEffect(() => {
    const look = () => setScheme(getComputedStyle(document.documentElement).colorScheme);
    const media = matchMedia("(prefers-color-scheme: dark)");
    const seen = () =>
      setScheme(`${getComputedStyle(document.documentElement).colorScheme} ${media.matches}`);
    look();
    const observer = new MutationObserver(seen);
    observer.observe(document.documentElement, { attributes: true });
    media.addEventListener("change", seen);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", seen);
    };
  }, []);
  return scheme;
}
