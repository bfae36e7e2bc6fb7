import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";

import type { Driver, DriverEvents, KnownMetric, Reading } from "./driver.ts";

/** A real server of the protocol under test, with one counter and one metric that does not exist. */
export type TestDevice = {
  /** Begins to answer, at the same address after a `stop`. */
  start(): Promise<void>;
  /** Cuts every connection and takes no new ones. */
  stop(): Promise<void>;
  setCounter(value: number): void;
  /** Connections open now. */
  connectionCount(): number;
};

export type DriverUnderTest = {
  makeDevice(): Promise<TestDevice & AsyncDisposable>;
  /** A driver on that device with metrics `counter` and, unreadable, `missing`. */
  startDriver(device: TestDevice, events: DriverEvents): Driver;
  counterDatatype: number;
};

export const silentLog = pino({ level: "silent" });

const waitMsMax = 20_000;

/** What every driver promises the agent (driver.ts); each protocol runs it on its own real server. */
export function describeDriver(name: string, under: DriverUnderTest): void {
  describe(`${name} conforms`, { timeout: waitMsMax * 2 }, () => {
    const disposables: AsyncDisposable[] = [];
    afterEach(async () => {
      for (const disposable of disposables.toReversed()) await disposable[Symbol.asyncDispose]();
      disposables.length = 0;
    });

    async function makeDevice(): Promise<TestDevice> {
      const device = await under.makeDevice();
      disposables.push(device);
      return device;
    }

    function start(device: TestDevice): Recorder {
      const recorder = new Recorder();
      const driver = under.startDriver(device, recorder.events);
      disposables.push({ [Symbol.asyncDispose]: () => driver.stop() });
      recorder.stop = () => driver.stop();
      return recorder;
    }

    test("values arrive with their type, after `connected`", async () => {
      const device = await makeDevice();
      await device.start();
      device.setCounter(41);
      const seen = start(device);
      await seen.until(() => seen.last("counter")?.value === 41);
      expect(seen.log[0]).toBe("connected");
      expect(seen.metrics.find((metric) => metric.name === "counter")?.datatype).toBe(
        under.counterDatatype,
      );
      const reading = seen.last("counter");
      expect(reading?.isGood).toBe(true);
      expect(Math.abs((reading?.sourceTime ?? 0) - Date.now())).toBeLessThan(60_000);
      device.setCounter(42);
      await seen.until(() => seen.last("counter")?.value === 42);
      expect(seen.aliveTime).toBeGreaterThan(0);
    });

    test("a metric that cannot be read does not stop the others", async () => {
      const device = await makeDevice();
      await device.start();
      const seen = start(device);
      device.setCounter(7);
      await seen.until(() => seen.last("counter")?.value === 7);
      expect(seen.last("missing")?.isGood ?? false).toBe(false);
    });

    test("a lost device is reported once, and found again without help", async () => {
      const device = await makeDevice();
      await device.start();
      const seen = start(device);
      await seen.until(() => seen.count("connected") === 1);
      await device.stop();
      await seen.until(() => seen.count("disconnected") === 1);
      await device.start();
      await seen.until(() => seen.count("connected") === 2);
      expect(seen.count("disconnected")).toBe(1);
      device.setCounter(99);
      await seen.until(() => seen.last("counter")?.value === 99);
    });

    test("a device that is off from the start is found when it comes", async () => {
      const device = await makeDevice();
      const seen = start(device);
      await device.start();
      await seen.until(() => seen.count("connected") === 1);
      expect(seen.count("disconnected")).toBe(0);
    });

    test("a dead device does not stop another", async () => {
      const dead = await makeDevice();
      const alive = await makeDevice();
      await alive.start();
      start(dead);
      const seen = start(alive);
      alive.setCounter(5);
      await seen.until(() => seen.last("counter")?.value === 5);
    });

    test("stop closes the connection and ends the events, connected or not", async () => {
      const device = await makeDevice();
      await device.start();
      const seen = start(device);
      await seen.until(() => seen.count("connected") === 1);
      await seen.stop();
      const events = seen.log.length;
      await seen.until(() => device.connectionCount() === 0);
      device.setCounter(1234);
      expect(seen.log.length).toBe(events);
      await seen.stop();
      const unconnected = start(await makeDevice());
      await unconnected.stop();
      expect(unconnected.log).toEqual([]);
    });
  });
}

/** Keeps what a driver reports and waits for a condition on it. */
export class Recorder {
  readonly log: ("connected" | "disconnected")[] = [];
  readonly readings = new Map<string, Reading>();
  metrics: readonly KnownMetric[] = [];
  aliveTime = 0;
  stop: () => Promise<void> = async () => {};

  readonly events: DriverEvents = {
    connected: (metrics) => {
      this.log.push("connected");
      this.metrics = metrics;
    },
    readings: (readings) => {
      for (const reading of readings) this.readings.set(reading.name, reading);
    },
    alive: (time) => {
      this.aliveTime = time;
    },
    disconnected: () => {
      this.log.push("disconnected");
    },
  };

  last(name: string): Reading | undefined {
    return this.readings.get(name);
  }

  count(event: "connected" | "disconnected"): number {
    return this.log.filter((entry) => entry === event).length;
  }

  async until(condition: () => boolean): Promise<void> {
    await expect.poll(condition, { timeout: waitMsMax, interval: 10 }).toBe(true);
  }
}
