import type { DataType, MetricValue } from "@millwright/contracts/sparkplug";
import type { Logger } from "pino";
import type { z } from "zod";

/** One reading of one metric. A bad one (unreadable, refused by the device) has a null value. */
export type Reading = {
  name: string;
  value: MetricValue;
  isGood: boolean;
  /** Epoch milliseconds, UTC: the device's clock where the protocol carries one, else ours. */
  sourceTime: number;
};

/** A metric whose datatype is known: from the configuration or, with OPC UA, from the server. */
export type KnownMetric = { name: string; datatype: DataType };

/**
 * What a driver tells the agent, always in this order: `connected`, then `readings` and `alive`
 * any number of times, then `disconnected`, and over again. The handlers return at once.
 */
export type DriverEvents = {
  /** The device answers. Metrics left out could not be resolved and stay out of the birth. */
  connected(metrics: readonly KnownMetric[]): void;
  /** Everything that was read together: all of a poll, or all of a notification. */
  readings(readings: readonly Reading[]): void;
  /** The device answered, at epoch milliseconds, whether or not a value changed. */
  alive(time: number): void;
  disconnected(reason: string): void;
};

/**
 * A connection to one device that looks after itself: it connects, reports, and after a loss
 * reconnects with bounded backoff until it is stopped. It never throws at the agent.
 */
export type Driver = {
  /** Safe to call twice. When it resolves, no event follows and every socket is closed. */
  stop(): Promise<void>;
};

export type DriverContext<Device> = {
  device: Device;
  events: DriverEvents;
  log: Logger;
  /** A folder of this driver's own (certificates); made by the driver when it needs it. */
  dataDir: string;
};

/** What a driver is, without loading it: the library behind `load` costs memory only when configured. */
export type DriverManifest<Schema extends z.ZodType> = {
  id: string;
  /** The device's section of the configuration, `id` and `driver` included. */
  deviceSchema: Schema;
  load(): Promise<{ startDriver(context: DriverContext<z.output<Schema>>): Driver }>;
};
