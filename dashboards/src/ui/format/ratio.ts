import type { Ratio } from "@millwright/contracts/api";

/**
 * A ratio in whole percent: `87 %`, a range `81–87 %` while data is missing, null for n/a. A range
 * that rounds to one number is that number.
 */
export function formatRatio(ratio: Ratio, locale: string): string | null {
  if (ratio === null) return null;
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const [low, high] = [percent.format(ratio.low), percent.format(ratio.high)];
  if (low === high) return low;
  const digits = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  return `${digits.format(ratio.low * 100)}–${high}`;
}

/** E > 1: pieces came faster than planned, so the planned run time is wrong (DOMAIN.md). */
export function isPlannedRunTimeWrong(effectiveness: Ratio): boolean {
  return effectiveness !== null && effectiveness.low > 1 + tolerance;
}

/** Rounding of the display: 100 % must not be called wrong. */
const tolerance = 0.005;
