/** Sums of times stay below this, so that no path overflows 32 bits. */
export const ticksMax = 2 ** 30;

/** Absent, or a whole number of ticks in [0, ticksMax). */
export function isTicks(value: number | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 0 && value < ticksMax);
}

/** Releases, frozen starts and breaks lie before this, and all work is shorter: so every plan ends in time. */
export const startMax = ticksMax / 2;
