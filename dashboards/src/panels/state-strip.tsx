import { type MachineState, machineStates } from "@millwright/contracts/states/tables";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useTranslations } from "use-intl";

import type { StateInterval } from "../api/shapes.ts";
import { MachineStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useNow } from "../ui/use-now.ts";
import { axisTicks } from "./axis-ticks.ts";
import { cutToWindow, stateTotals, type Stretch } from "./stretches.ts";

/**
 * What state the machine was in over a window, as a strip. Point, tap or use the arrow keys to read
 * an interval; each state has a height and a pattern besides its colour.
 */
export function StateStrip({
  intervals,
  from,
}: {
  intervals: readonly StateInterval[];
  /** Epoch milliseconds; the strip ends now. */
  from: number;
}) {
  const t = useTranslations();
  const format = useFormat();
  const now = useNow();
  const [chosenFrom, setChosenFrom] = useState<number | null>(null);
  const stretches = cutToWindow(intervals, { from, to: now });
  const chosenIndex = stretches.findLastIndex(
    (one) => one.from <= Math.max(from, chosenFrom ?? Infinity),
  );
  const chosen = stretches[chosenIndex];
  if (chosen === undefined) return <p className="none">{t("value.noData")}</p>;

  const say = (one: Stretch) =>
    t(one.isOpen ? "strip.open" : "strip.interval", {
      from: format.siteTime(one.from, "time"),
      to: format.siteTime(one.to, "time"),
      length: format.duration(one.to - one.from),
    });
  const choose = (time: number) =>
    setChosenFrom(stretches.findLast((one) => one.from <= time)?.from ?? null);
  const point = (event: PointerEvent<HTMLInputElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    choose(from + ((event.clientX - box.left) / box.width) * (now - from));
  };
  const step = (event: KeyboardEvent) => {
    const last = stretches.length - 1;
    const index = { ArrowLeft: chosenIndex - 1, ArrowRight: chosenIndex + 1, Home: 0, End: last }[
      event.key
    ];
    if (index === undefined) return;
    event.preventDefault();
    setChosenFrom(stretches[Math.min(last, Math.max(0, index))]?.from ?? null);
  };

  return (
    <div className="strip">
      <div className="strip-track">
        {stretches.map((one) => (
          <span
            key={one.from}
            data-state={one.state}
            data-chosen={chosenFrom !== null && one === chosen}
            style={{
              left: `${((one.from - from) / (now - from)) * 100}%`,
              width: `${((one.to - one.from) / (now - from)) * 100}%`,
            }}
          />
        ))}
        <input
          type="range"
          className="strip-input"
          aria-label={t("strip.label")}
          aria-valuetext={`${t(`machineState.${chosen.state}`)} ${say(chosen)}`}
          min={from}
          max={now}
          step="any"
          value={chosenFrom ?? now}
          onChange={(event) => choose(Number(event.target.value))}
          onPointerDown={point}
          onPointerMove={point}
          onPointerLeave={() => setChosenFrom(null)}
          onKeyDown={step}
        />
      </div>
      <div className="strip-axis" aria-hidden="true">
        {axisTicks({ from, to: now }, format.timeZone)
          .filter((tick) => (tick - from) / (now - from) < lastTickShare)
          .map((tick) => (
            <span key={tick} style={{ left: `${((tick - from) / (now - from)) * 100}%` }}>
              {format.siteTime(tick, "minute")}
            </span>
          ))}
      </div>
      <p className="strip-detail">
        <MachineStateMark state={chosen.state} /> {say(chosen)}
      </p>
      <Totals stretches={stretches} span={now - from} />
    </div>
  );
}

/** A label further right would be cut off by the end of the strip. */
const lastTickShare = 0.94;

function Totals({ stretches, span }: { stretches: readonly Stretch[]; span: number }) {
  const t = useTranslations();
  const format = useFormat();
  const totals = stateTotals(stretches);
  const isSeen = (state: MachineState) => totals[state] > 0;
  return (
    <ul className="strip-totals" aria-label={t("strip.totals")}>
      {machineStates.filter(isSeen).map((state) => (
        <li key={state}>
          <span className="strip-swatch" data-state={state} aria-hidden="true" />
          {t(`machineState.${state}`)} <b>{format.duration(totals[state])}</b>{" "}
          {format.ratio({ low: totals[state] / span, high: totals[state] / span })}
        </li>
      ))}
    </ul>
  );
}
