const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * A length of time in its two largest units, rounded down: `45 sec`, `3 min`, `2 hr 5 min`, `4 days`.
 * Negative lengths (a clock that runs ahead) are shown as zero seconds.
 */
export function formatDuration(ms: number, locale: string): string {
  const length = Math.max(0, ms);
  if (length < minuteMs) return unit(length / secondMs, "second", locale);
  if (length < hourMs) return unit(length / minuteMs, "minute", locale);
  const [whole, large, small, smallMs] =
    length < dayMs
      ? ([length / hourMs, "hour", "minute", minuteMs] as const)
      : ([length / dayMs, "day", "hour", hourMs] as const);
  const rest = length % (large === "hour" ? hourMs : dayMs);
  const first = unit(whole, large, locale);
  return rest < smallMs ? first : `${first} ${unit(rest / smallMs, small, locale)}`;
}

/** How old a reading may be: heartbeats come every 10 s, three missed ones are silence (DOMAIN.md). */
export const freshMsMax = 30_000;

/** Whether a reading of this age, in milliseconds, is as new as a living device keeps it. */
export function isFresh(ageMs: number): boolean {
  return ageMs <= freshMsMax;
}

function unit(value: number, name: "second" | "minute" | "hour" | "day", locale: string): string {
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: name,
    unitDisplay: "short",
    maximumFractionDigits: 0,
  }).format(Math.floor(value));
}
