import { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import jsmodbus from "jsmodbus";

import { Backoff } from "../backoff.ts";
import type { Driver, DriverContext, Reading } from "../driver.ts";
import type { ModbusDevice, ModbusMetric } from "./device-schema.ts";
import { planReads, type Span, splitSpan } from "./read-plan.ts";
import { datatypeOf, valueOf, widthOf } from "./register-value.ts";

type Context = DriverContext<ModbusDevice>;
type Client = InstanceType<typeof jsmodbus.client.TCP>;

/**
 * Polls a Modbus TCP device. An answer that does not come in time is a lost connection; an address
 * that the device does not have makes its metric bad and leaves the others alone.
 */
export function startDriver(context: Context): Driver {
  const abort = new AbortController();
  const running = run(context, abort.signal);
  return {
    async stop() {
      abort.abort();
      await running;
    },
  };
}

async function run(context: Context, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff();
  // Kept over reconnections: what was learned about missing addresses holds for the device.
  const plan = planReads(context.device.metrics);
  let lastReason = "";
  while (!signal.aborted) {
    const reason = await runConnection({ context, plan, signal, onAnswer: () => backoff.reset() });
    if (reason !== lastReason && !signal.aborted) {
      context.log.warn({ reason }, "modbus: not connected, trying on");
    }
    lastReason = reason;
    await wait(backoff.next(), undefined, { signal }).catch(() => {});
  }
}

type Connection = { context: Context; plan: Span[]; signal: AbortSignal; onAnswer: () => void };

/** One connection from its beginning to its end; resolves with the reason of the end. */
async function runConnection({ context, plan, signal, onAnswer }: Connection): Promise<string> {
  const { device, events } = context;
  const socket = new Socket();
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop);
  let isConnected = false;
  try {
    // Before the connect event: the library learns from it that it is online.
    const client = new jsmodbus.client.TCP(socket, device.unitId, device.timeoutMs);
    await connect(socket, device);
    // A steady clock: when the wall clock steps back an hour, polling must not wait for it to return.
    let due = performance.now();
    for (; !signal.aborted; due = Math.max(due + device.pollMs, performance.now())) {
      await wait(Math.max(0, due - performance.now()), undefined, { signal });
      const readings = await poll(client, plan);
      if (!isConnected) {
        isConnected = true;
        onAnswer();
        const metrics = device.metrics.map((metric) => ({
          name: metric.name,
          datatype: datatypeOf(metric),
        }));
        events.connected(metrics);
      }
      events.readings(readings);
      events.alive(Date.now());
    }
    return "stopped";
  } catch (error) {
    const reason = reasonOf(error);
    if (isConnected && !signal.aborted) events.disconnected(reason);
    return reason;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

function connect(socket: Socket, { host, port, timeoutMs }: ModbusDevice): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error("no connection in time")), timeoutMs);
    // The listener stays: without one, a reset of the line would end the process.
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      reject(new Error("connection closed"));
    });
    socket.setNoDelay(true);
    socket.connect({ host, port }, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Reads the whole plan once. @throws when the device does not answer. */
async function poll(client: Client, plan: Span[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  // Spans are replaced by their halves while we go through them.
  for (let index = 0; index < plan.length; index += 1) {
    const span = plan[index];
    if (span === undefined) break;
    const answer = await readSpan(client, span);
    const sourceTime = Date.now();
    if (answer === illegalAddress) {
      const halves = splitSpan(span);
      if (halves !== null) {
        plan.splice(index, 1, ...halves);
        index -= 1;
        continue;
      }
    }
    for (const metric of span.metrics) {
      readings.push(readingOf({ metric, span, answer, sourceTime }));
    }
  }
  return readings;
}

/** Modbus Application Protocol 1.1b3, chapter 7: exception codes. */
const illegalAddress = 2;
const gatewayPathUnavailable = 10;
const gatewayTargetFailed = 11;

type Answer = { registers: Buffer } | { bits: ArrayLike<unknown> } | number;

/** The span's content, or the exception code that the device answered. @throws when it did not. */
async function readSpan(client: Client, { table, address, count }: Span): Promise<Answer> {
  try {
    switch (table) {
      case "holding":
        return registersOf(await client.readHoldingRegisters(address, count));
      case "input":
        return registersOf(await client.readInputRegisters(address, count));
      case "coil":
        return { bits: (await client.readCoils(address, count)).response.body.valuesAsArray };
      case "discrete":
        return {
          bits: (await client.readDiscreteInputs(address, count)).response.body.valuesAsArray,
        };
      default:
        return table satisfies never;
    }
  } catch (error) {
    const code = exceptionCodeOf(error);
    // A gateway answers in place of a device that is gone.
    const isGone = code === gatewayPathUnavailable || code === gatewayTargetFailed;
    if (code === null || isGone) throw error;
    return code;
  }
}

function registersOf(result: { response: { body: { valuesAsBuffer: Buffer } } }): Answer {
  return { registers: result.response.body.valuesAsBuffer };
}

function readingOf(read: {
  metric: ModbusMetric;
  span: Span;
  answer: Answer;
  sourceTime: number;
}): Reading {
  const { metric, span, answer, sourceTime } = read;
  const at = metric.register.address - span.address;
  const bad = { name: metric.name, value: null, isGood: false, sourceTime };
  if (typeof answer === "number") return bad;
  if ("bits" in answer) {
    return { ...bad, value: Boolean(answer.bits[at]), isGood: true };
  }
  const bytes = answer.registers.subarray(at * 2, (at + widthOf(metric)) * 2);
  // A device that answers with fewer registers than asked has said nothing about this metric.
  if (bytes.length < widthOf(metric) * 2) return bad;
  return { ...bad, value: valueOf(metric, bytes), isGood: true };
}

function exceptionCodeOf(error: unknown): number | null {
  if (!jsmodbus.errors.isUserRequestError(error) || error.err !== "ModbusException") return null;
  const code: unknown = error.response?.body?.code;
  return typeof code === "number" ? code : null;
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  // jsmodbus rejects with a plain object.
  if (jsmodbus.errors.isUserRequestError(error)) return `${error.err}: ${error.message}`;
  return String(error);
}
