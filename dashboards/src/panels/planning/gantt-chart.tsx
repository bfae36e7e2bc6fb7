import type { Gantt } from "@millwright/contracts/api";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { useFormat } from "../../ui/use-format.ts";
import { barsOf, type GanttScale, rowHeight, xOf } from "./gantt-bars.ts";

/** Work centers by time, read only; the same operations as a list are for readers of screens. */
export function GanttChart({ gantt }: { gantt: Gantt }) {
  const t = useTranslations();
  const format = useFormat();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pxPerHour, setPxPerHour] = useState(40);
  const scale = scaleOf(gantt, pxPerHour);
  const scheme = useColorScheme();
  useEffect(() => {
    const element = canvas.current;
    if (element !== null) draw(element, gantt, scale, scheme);
  }, [gantt, scale, scheme]);
  return (
    <section aria-label={t("planning.gantt")}>
      <div className="gantt-tools">
        <button
          type="button"
          className="button"
          onClick={() => setPxPerHour(Math.max(pxPerHourMin, pxPerHour / 2))}
        >
          {t("planning.zoomOut")}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => setPxPerHour(Math.min(pxPerHourMax, pxPerHour * 2))}
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
        <div className="gantt-scroll">
          <canvas ref={canvas} aria-hidden="true" />
        </div>
      </div>
      <details>
        <summary>{t("planning.gantt")}</summary>
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
const pxPerHourMax = 320;

/** Browsers refuse canvases beyond 32,767 pixels; what does not fit is squeezed. */
const widthMax = 16_000;
const axisHeight = 24;

function scaleOf({ operations }: Gantt, pxPerHour: number): GanttScale {
  const startMs = Math.min(...operations.map(({ starts }) => Date.parse(starts)));
  const endMs = Math.max(...operations.map(({ ends }) => Date.parse(ends)));
  const wanted = ((endMs - startMs) / hourMs) * pxPerHour;
  const width = Math.max(300, Math.min(widthMax, wanted));
  return { startMs, endMs, width };
}

const hourMs = 3_600_000;

function draw(element: HTMLCanvasElement, gantt: Gantt, scale: GanttScale, scheme: string): void {
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
  drawDays(pen, scale, height, { line: color("--line"), text: color("--text-quiet") });
  for (const bar of barsOf(gantt, scale)) {
    const y = axisHeight + bar.row * rowHeight + 3;
    pen.fillStyle = color(
      bar.isLate ? "--down-ground" : bar.isFixed ? "--bar-good" : "--accent-ground",
    );
    pen.fillRect(bar.x, y, bar.width, rowHeight - 6);
    if (bar.width < 36) continue;
    pen.fillStyle = color("--on-accent");
    pen.fillText(bar.label, bar.x + 4, y + rowHeight / 2 - 3, bar.width - 8);
  }
}

/** The palette says `light-dark(…)`, which a canvas does not understand: the browser works it out. */
function resolved(element: HTMLElement, value: string): string {
  const before = element.style.color;
  element.style.color = value;
  const color = getComputedStyle(element).color;
  element.style.color = before;
  return color;
}

function drawDays(
  pen: CanvasRenderingContext2D,
  scale: GanttScale,
  height: number,
  colors: { line: string; text: string },
): void {
  const day = new Date(scale.startMs);
  day.setHours(0, 0, 0, 0);
  for (; day.getTime() < scale.endMs; day.setDate(day.getDate() + 1)) {
    const x = Math.max(0, xOf(day.getTime(), scale));
    pen.fillStyle = colors.line;
    pen.fillRect(x, 0, 1, height);
    pen.fillStyle = colors.text;
    pen.fillText(day.toLocaleDateString(undefined, { day: "numeric", month: "short" }), x + 4, 12);
  }
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
