import type { Binding } from "./cell.ts";

/** A record of an edge log. */
export type NewestOffset = { epoch: string; offset: number };

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
  /** Newest record of a counter that this process stored; null: none yet. */
  newest: NewestOffset | null;
  bindings: readonly Binding[];
  /** Generation of the cell that `bindings` were looked up in. */
  generation: number;
};
