/** Offsets from `first` to `last`, both included. */
export type Range = { first: number; last: number };

/** What the host has, as its ack says: everything up to `contiguous`, and not the `missing` above. */
export type HostView = { contiguous: number; missing: readonly Range[] };

/**
 * An ack tells what was stored when it was made; what is on its way is not in it. So after a pass
 * this long must go by before an ack may start the next one.
 */
export const settleMs = 2000;

/**
 * Which records are to be sent again, as historical. Works in passes: a pass is planned from an ack,
 * later acks only take away from it, and the next is planned when an ack has had time to see its end.
 * Sending a record twice is harmless; sending everything twice all the time is not.
 */
export class ReplayPlan {
  #ranges: Range[] = [];
  #isFirstPass = true;
  #passEndTime = 0;

  /**
   * @param line Records below it were appended before the births: no one has sent them live.
   * @param sentEnd Records from here on are still to be sent live.
   * @param now Milliseconds, a steady clock.
   */
  onAck(
    view: HostView,
    { line, sentEnd, now }: { line: number; sentEnd: number; now: number },
  ): void {
    if (this.#ranges.length > 0) {
      this.#ranges = intersect(this.#ranges, unstored(view, line));
      if (this.#ranges.length === 0) this.#passEndTime = now;
      return;
    }
    if (this.#isFirstPass) {
      this.#isFirstPass = false;
      this.#ranges = clip(unstored(view, line), sentEnd - 1);
    } else if (now - this.#passEndTime >= settleMs) {
      this.#ranges = clip(view.missing, sentEnd - 1);
    }
  }

  /** Up to `countMax` offsets to send next; null when there is nothing to do. */
  peek(countMax: number): Range | null {
    const [range] = this.#ranges;
    if (range === undefined) return null;
    return { first: range.first, last: Math.min(range.last, range.first + countMax - 1) };
  }

  /** Everything up to `offset` has been sent. */
  advance(offset: number, now: number): void {
    this.#ranges = intersect(this.#ranges, [{ first: offset + 1, last: Number.MAX_SAFE_INTEGER }]);
    if (this.#ranges.length === 0) this.#passEndTime = now;
  }
}

/**
 * What the host may lack: its missing ranges, and beyond the highest record it mentions everything
 * that was never sent live.
 */
function unstored({ contiguous, missing }: HostView, line: number): Range[] {
  const mentioned = missing.at(-1)?.last ?? contiguous;
  const tail = { first: mentioned + 1, last: line - 1 };
  return tail.first > tail.last ? [...missing] : [...missing, tail];
}

function clip(ranges: readonly Range[], last: number): Range[] {
  return intersect(ranges, [{ first: 1, last }]);
}

/** The offsets that lie in both; both lists ascending and without overlap. */
export function intersect(left: readonly Range[], right: readonly Range[]): Range[] {
  const both: Range[] = [];
  let l = 0;
  let r = 0;
  for (;;) {
    const a = left[l];
    const b = right[r];
    if (a === undefined || b === undefined) return both;
    const first = Math.max(a.first, b.first);
    const last = Math.min(a.last, b.last);
    if (first <= last) both.push({ first, last });
    if (a.last < b.last) l += 1;
    else r += 1;
  }
}
