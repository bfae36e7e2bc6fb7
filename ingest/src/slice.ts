/**
 * Rows of a slice. Below, the statements around them cost twice what they do: smaller slices are hardly
 * shorter, but more. Above, a batch gains little.
 */
const rowsMin = 1000;
const rowsMax = 20_000;
/** What is added when a slice held up nothing that would show. */
const rowsMore = 100;
/** A live value beside a slice may take this much longer than one without (issue 7, item 3). */
const slowerMax = 1.5;
/** Weight of the newest live batch in what is usual. */
const newestWeight = 0.05;

/**
 * How many rows of the backfill are written at once beside live batches, by what live values feel of it
 * (those of the same gateway wait for it, the others share processor and disk with it): half as many
 * when one took too long, a few more when none did. What is too long is held against what live takes on
 * this machine at this time, so that a slow disk or a busy neighbour is not taken for the backfill.
 * @source Chiu and Jain, 1989: additive increase, multiplicative decrease
 */
export class Slice {
  rows = rowsMin;
  /** From the arrival of a live batch's first message to its commit, ms; null: none was written yet. */
  #usualMs: number | null = null;

  /** A live batch was stored; `isBesideSlice`: a slice was being written since its first value came. */
  noteLive(tookMs: number, isBesideSlice: boolean): void {
    if (!isBesideSlice) {
      this.#usualMs = this.#usualMs === null ? tookMs : mix(this.#usualMs, tookMs);
      return;
    }
    if (this.#usualMs === null) return;
    if (tookMs > this.#usualMs * slowerMax)
      this.rows = Math.max(rowsMin, Math.floor(this.rows / 2));
    else this.rows = Math.min(rowsMax, this.rows + rowsMore);
  }
}

function mix(known: number, newest: number): number {
  return known + (newest - known) * newestWeight;
}
