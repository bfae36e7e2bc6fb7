import type { SparkplugMetric } from "@millwright/contracts/sparkplug";

import type { Binding } from "./cell.ts";
import type { EdgeNode } from "./edge-node.ts";
import type { MetricSeries } from "./metric-series.ts";
import type { Readings } from "./readings.ts";

/** What the host hands to the pipeline, in the order it is to be applied. */
export type InboundItem =
  | NodeBirth
  | DeviceBirth
  | NodeDeath
  | DeviceDeath
  | DeviceSilence
  | StateBound
  | Data;

type Common = {
  node: EdgeNode;
  /** Host clock, epoch ms. */
  receivedMs: number;
};

export type NodeBirth = Common & {
  kind: "node_birth";
  series: MetricSeries[];
  metrics: SparkplugMetric[];
  /** Of nodes that speak the delivery extension; null for others. */
  epoch: string | null;
  /** Oldest offset its log can still send. */
  firstOffset: number;
};

export type DeviceBirth = Common & {
  kind: "device_birth";
  deviceId: string;
  /** Payload clock: the values were so at that time. */
  payloadMs: number;
  series: MetricSeries[];
  metrics: SparkplugMetric[];
};

export type NodeDeath = Common & { kind: "node_death" };

export type DeviceDeath = Common & { kind: "device_death"; deviceId: string; payloadMs: number };

/** The heartbeat has missed three periods; `lastReadMs` is the last sign of life, source clock. */
export type DeviceSilence = Common & { kind: "silence"; deviceId: string; lastReadMs: number };

/** A state or its reason was bound while its machine is online: what it last said is so, though it is not sent anew. */
export type StateBound = Common & { kind: "state_bound"; binding: Binding; raw: string };

export type Data = Common & {
  kind: "data";
  deviceId: string | null;
  payloadMs: number;
  epoch: string | null;
  /** Null when the node does not number its messages. */
  offset: number | null;
  isHistorical: boolean;
  /** `Millwright/Heartbeat` of the message: last successful read, epoch ms. */
  heartbeatMs: number | null;
  /** Of the node's series (`seriesAt`); values are interpreted by the birth's datatype. */
  readings: Readings;
};

/** A message, or a metric of one, that cannot be used. */
export type DeadLetter = {
  tenantId: string | null;
  topic: string;
  reason: string;
  payload: Uint8Array;
  receivedMs: number;
};
