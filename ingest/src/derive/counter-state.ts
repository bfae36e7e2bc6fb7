import type { Decimal } from "@millwright/contracts/units";

/** A reading of a monotonic counter; `time` is source time, epoch ms. */
export type CounterPoint = { time: number; value: Decimal };

/** Where a bound counter stands; the row of telemetry.counter_state. */
export type CounterState = {
  baseline: CounterPoint;
  last: CounterPoint;
  /** Pieces counted since the baseline. */
  total: Decimal;
  /** Pieces told in events; `total - emittedTotal` is pending. */
  emittedTotal: Decimal;
  /** Where the pending travel began. */
  pending: CounterPoint;
  pendingReset: boolean;
  /** The newest ones, apart from each other, ascending. */
  repeated: readonly RepeatedTime[];
};

/**
 * A stretch of source time that the device's clock told twice, because it was set back: what lies in it
 * says nothing about the order in which it was made. Epoch ms; `from` is not in it, `to` is.
 */
export type RepeatedTime = { from: number; to: number };
