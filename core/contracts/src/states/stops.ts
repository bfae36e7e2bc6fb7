import type { MachineState } from "./tables.ts";

/** A machine was down in [from, to), epoch ms; `to` null: it goes on. `code` "": it gave none. */
export type Stop = { from: number; to: number | null; code: string };

/**
 * A code said up to this long before a stop may be its first word: controls tell state and reason in two
 * messages, in either order, some hundred ms apart; polled ones a few seconds.
 */
export const firstWordMs = 5_000;

/** Unless the stop says another one within this time: then that from before was of the state before. */
const secondThoughtMs = 2_000;

/** `heardAt`: when its first word was said; null: it has none, and the code is one that stood before. */
type OpenStop = { from: number; code: string; heardAt: number | null };

/** Whether what is said at `at` comes too late to be the reason of the stop. */
function isSettled({ from, heardAt }: OpenStop, at: number): boolean {
  if (heardAt === null) return false;
  return heardAt >= from || at > from + secondThoughtMs;
}

/**
 * Follows one machine through ascending times and tells its stops. Of several codes the first one counts,
 * as in every alarm system (first-out): what comes later (door open, emergency stop) follows from it. A
 * code that stood before is taken while nothing newer is said: some controls never take theirs back.
 */
export class StopTracker {
  #stop: OpenStop | null = null;
  #code = "";
  #saidAt = Number.NEGATIVE_INFINITY;

  /** From `at` on the machine is in `state`; the stop that ends with it, or null. */
  turnTo(state: MachineState, at: number): Stop | null {
    const stop = this.#stop;
    if (state === "down") {
      const isHeard = this.#code !== "" && this.#saidAt >= at - firstWordMs;
      this.#stop ??= { from: at, code: this.#code, heardAt: isHeard ? this.#saidAt : null };
      return null;
    }
    this.#stop = null;
    return stop === null ? null : { from: stop.from, to: at, code: stop.code };
  }

  /** From `at` on the machine gives this code; "" takes it back, which ends no stop's reason. */
  say(code: string, at: number): void {
    // Told again after a restart it is no news, whenever that was.
    if (code === this.#code) return;
    const stop = this.#stop;
    // A word from long before is no first word, even when it is told again.
    const isOfStop = stop !== null && at >= stop.from - firstWordMs;
    if (isOfStop && code !== "" && !isSettled(stop, at)) {
      this.#stop = { from: stop.from, code, heardAt: at };
    }
    this.#code = code;
    this.#saidAt = at;
  }

  /** The stop that has not ended, or null. */
  open(): Stop | null {
    return this.#stop && { from: this.#stop.from, to: null, code: this.#stop.code };
  }
}

/** Stops of one machine. `rows` ascending; of one instant the state comes first. */
export function stopsOf(
  rows: readonly { at: number; state: MachineState | null; code: string | null }[],
): Stop[] {
  const tracker = new StopTracker();
  const stops: Stop[] = [];
  for (const { at, state, code } of rows) {
    if (code !== null) tracker.say(code, at);
    const ended = state === null ? null : tracker.turnTo(state, at);
    if (ended !== null) stops.push(ended);
  }
  const open = tracker.open();
  return open === null ? stops : [...stops, open];
}
