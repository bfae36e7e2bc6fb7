const minuteMs = 60_000;
/** More than the minutes since 1970 until the year 2097; metric ids up to 2^27 stay exact beside them. */
const minutesMax = 2 ** 26;

/** Which minutes of which metrics a batch touches: the roll-ups that have to be folded anew. */
export class RollupMarks {
  readonly #marks = new Set<number>();
  /** Minute last marked of each metric: nearly every reading lies in it. */
  readonly #last = new Map<number, number>();

  /** @param timeMs source time, epoch ms. */
  add(metricId: number, timeMs: number): void {
    const minute = Math.floor(timeMs / minuteMs);
    if (this.#last.get(metricId) === minute) return;
    this.#last.set(metricId, minute);
    this.#marks.add(metricId * minutesMax + minute);
  }

  /** Metric ids and minutes since 1970-01-01 UTC, one beside the other, each pair once. */
  columns(): { metricIds: number[]; minutes: number[] } {
    const marks = [...this.#marks];
    return {
      metricIds: marks.map((mark) => Math.floor(mark / minutesMax)),
      minutes: marks.map((mark) => mark % minutesMax),
    };
  }
}
