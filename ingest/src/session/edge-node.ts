import type { RegisteredNode } from "./cell.ts";
import type { MetricSeries } from "./metric-series.ts";

/** A device as its births and data tell. */
export type DeviceState = {
  readonly deviceId: string;
  isOnline: boolean;
  /** Whether it declared `Millwright/Heartbeat`: only then does silence mean anything. */
  hasHeartbeat: boolean;
  /** Last successful read of the device, epoch ms of the source; 0 = not known. */
  lastReadMs: number;
  /** When the last message of it came, host clock. */
  lastSeenMs: number;
  /** Its heartbeat has missed three periods. */
  isSilent: boolean;
  /** When its row was last written, host clock. */
  writtenMs: number;
};

/** An edge node as those see it who derive and store what it said: its births and bindings, not its sequence. */
export interface EdgeNode {
  readonly key: string;
  readonly registered: RegisteredNode;
  readonly devices: ReadonlyMap<string, DeviceState>;
  /** Null before the first birth of this process, and for nodes without the delivery extension. */
  readonly epoch: string | null;
  /** The bindings of a series under the newest cell. */
  bindingsOf(series: MetricSeries): MetricSeries["bindings"];
  seriesOf(deviceId: string | null, name: string): MetricSeries | undefined;
  /** The series of a reading. */
  seriesAt(index: number): MetricSeries | undefined;
  series(): Iterable<MetricSeries>;
  /** Every series that means something to the ERP. */
  boundSeries(): Iterable<MetricSeries>;
}
