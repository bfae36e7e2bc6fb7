import type { MetricValue } from "@millwright/contracts/sparkplug";

import type { Binding } from "./cell.ts";

/** A record of an edge log. */
export type NewestOffset = { epoch: string; offset: number };

/** One metric of a device as the births declared it: where its readings are stored and what they mean. */
export type MetricSeries = {
  readonly deviceId: string | null;
  readonly name: string;
  /** Its place among the series of its edge node. */
  readonly index: number;
  datatype: number;
  unit: string;
  /** Null until its birth is committed. */
  metricId: number | null;
  /** Source time (epoch ms) of the newest live value stored; -Infinity before the first. */
  liveTime: number;
  /** The newest live value; null: none or bad. */
  liveValue: MetricValue;
  /** Newest record of a counter that this process stored; null: none yet. */
  newest: NewestOffset | null;
  bindings: readonly Binding[];
  /** Generation of the cell that `bindings` were looked up in. */
  generation: number;
};
