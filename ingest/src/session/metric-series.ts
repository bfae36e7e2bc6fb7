import type { Binding } from "./cell.ts";

/** One metric of a device as the births declared it: where its readings are stored and what they mean. */
export type MetricSeries = {
  readonly deviceId: string | null;
  readonly name: string;
  datatype: number;
  unit: string;
  /** Null until its birth is committed. */
  metricId: number | null;
  /** Source time (epoch ms) of the newest live value stored; -Infinity before the first. */
  liveTime: number;
  /** The newest live value as text, as value maps are keyed; null: none or bad. */
  liveRaw: string | null;
  bindings: readonly Binding[];
  /** Generation of the cell that `bindings` were looked up in. */
  generation: number;
};
