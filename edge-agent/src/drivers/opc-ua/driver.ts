import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import {
  AttributeIds,
  type ClientMonitoredItemBase,
  type ClientSession,
  type ClientSubscription,
  type DataValue,
  makeApplicationUrn,
  MessageSecurityMode,
  OPCUAClient,
  resolveNodeId,
  SecurityPolicy,
  setErrorLogger,
  setWarningLogger,
  TimestampsToReturn,
  type UserIdentityInfo,
  UserTokenType,
} from "node-opcua-client";

import { Backoff } from "../backoff.ts";
import type { Driver, DriverContext, KnownMetric, Reading } from "../driver.ts";
import type { OpcUaDevice, OpcUaMetric } from "./device-schema.ts";
import { builtInDatatype, datatypeOf, valueOf } from "./variant-value.ts";

type Context = DriverContext<OpcUaDevice>;

/** Servers bound what one request may hold; this is far below the usual limits. */
const itemsPerRequest = 500;
/** Changes the server keeps for us between two publishes; beyond it the oldest are lost. */
const queueSize = 50;
/** How long a goodbye may take: a dead server answers nothing. */
const endTimeoutMs = 2000;
/** A quiet subscription says that it lives at least this often. */
const keepAliveMs = 2000;

/**
 * Subscribes to the metrics of an OPC UA server. Connections are ours to repeat: the library's own
 * reconnection never gives up a session, so a loss would neither be seen nor be bounded.
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
  // The library prints on standard output; an agent's log is JSON lines.
  setErrorLogger((...args: unknown[]) => context.log.debug({ args }, "opc-ua: library error"));
  setWarningLogger((...args: unknown[]) => context.log.debug({ args }, "opc-ua: library warning"));
  const backoff = new Backoff();
  let lastReason = "";
  while (!signal.aborted) {
    const reason = await runConnection({ context, signal, onConnected: () => backoff.reset() });
    if (reason !== lastReason && !signal.aborted) {
      const hint = reason.includes("Certificate")
        ? `to trust the server, move its certificate from rejected to trusted/certs in ${certificatesIn(context.dataDir)}`
        : undefined;
      context.log.warn({ reason, hint }, "opc-ua: not connected, trying on");
    }
    lastReason = reason;
    await wait(backoff.next(), undefined, { signal }).catch(() => {});
  }
}

type Connection = { context: Context; signal: AbortSignal; onConnected: () => void };

/** One connection from its beginning to its end; resolves with the reason of the end. */
async function runConnection({ context, signal, onConnected }: Connection): Promise<string> {
  const { device, events } = context;
  const certificates = await openCertificates(context.dataDir);
  const client = makeClient(device, certificates);
  const lost = new AbortController();
  const ended = AbortSignal.any([signal, lost.signal]);
  client.on("connection_lost", () => lost.abort(new Error("connection lost")));
  client.on("close", () => lost.abort(new Error("connection closed")));
  let session: ClientSession | null = null;
  let isConnected = false;
  try {
    await before(ended, client.connect(device.endpoint));
    session = await before(ended, client.createSession(identityOf(device)));
    session.on("session_closed", () => lost.abort(new Error("the server closed the session")));
    const known = await before(ended, resolveMetrics(session, context));
    const subscription = await before(ended, subscribe(session, device));
    const watch = watchSilence({ subscription, device, context, lost });
    isConnected = true;
    onConnected();
    events.connected(known);
    try {
      await before(ended, monitor({ subscription, context, ended, onData: watch.refresh }));
      if (!ended.aborted) await once(ended, "abort");
    } finally {
      watch.stop();
    }
    return reasonOf(ended.reason);
  } catch (error) {
    return reasonOf(error);
  } finally {
    if (isConnected && !signal.aborted) events.disconnected(reasonOf(lost.signal.reason));
    await bounded(endTimeoutMs, session?.close(true));
    await bounded(endTimeoutMs, client.disconnect());
    await certificates.dispose();
  }
}

/** Own keys and trusted servers lie in the data folder: the library would use the home folder. */
async function openCertificates(dataDir: string): Promise<OPCUACertificateManager> {
  const rootFolder = certificatesIn(dataDir);
  await mkdir(rootFolder, { recursive: true, mode: 0o700 });
  const certificates = new OPCUACertificateManager({
    rootFolder,
    // A server nobody has vouched for lands in certificates/rejected, to be moved to trusted/certs.
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  return certificates;
}

function certificatesIn(dataDir: string): string {
  return join(dataDir, "certificates");
}

function makeClient(device: OpcUaDevice, certificates: OPCUACertificateManager): OPCUAClient {
  const isSecure = device.security !== "none";
  return OPCUAClient.create({
    applicationName: "Millwright edge agent",
    applicationUri: makeApplicationUrn("localhost", "millwright-edge-agent"),
    clientCertificateManager: certificates,
    securityMode: isSecure ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None,
    securityPolicy: isSecure ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.None,
    // Gateways reach servers by other names than the server knows itself by.
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
    transportTimeout: device.timeoutMs,
    defaultTransactionTimeout: device.timeoutMs,
    requestedSessionTimeout: 30_000,
  });
}

function identityOf({ username, password }: OpcUaDevice): UserIdentityInfo {
  if (username === undefined) return { type: UserTokenType.Anonymous };
  return { type: UserTokenType.UserName, userName: username, password: password ?? "" };
}

/** The datatypes of the metrics, as the server declares them; what it does not know is left out. */
async function resolveMetrics(session: ClientSession, context: Context): Promise<KnownMetric[]> {
  const known: KnownMetric[] = [];
  for (const metrics of chunks(context.device.metrics, itemsPerRequest)) {
    const values = await session.read(
      metrics.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
    );
    for (const [index, metric] of metrics.entries()) {
      const value = values[index];
      // Without a value yet, the declared type says what it will be.
      const datatype =
        (value === undefined ? null : datatypeOf(value.value)) ??
        (await declaredDatatype(session, metric));
      if (datatype !== null) known.push({ name: metric.name, datatype });
      else {
        const { name, node } = metric;
        const status = value?.statusCode.name;
        context.log.error({ metric: name, node, status }, "opc-ua: the server has no such value");
      }
    }
  }
  return known;
}

async function declaredDatatype(session: ClientSession, { node }: OpcUaMetric) {
  try {
    return builtInDatatype(await session.getBuiltInDataType(resolveNodeId(node)));
  } catch {
    return null;
  }
}

function subscribe(
  session: ClientSession,
  { publishMs }: OpcUaDevice,
): Promise<ClientSubscription> {
  const keepAliveCount = Math.max(1, Math.ceil(keepAliveMs / publishMs));
  return session.createSubscription2({
    requestedPublishingInterval: publishMs,
    requestedMaxKeepAliveCount: keepAliveCount,
    // OPC 10000-4, 5.13.2: the lifetime is at least three times the keep-alive.
    requestedLifetimeCount: keepAliveCount * 10,
    maxNotificationsPerPublish: 2000,
    publishingEnabled: true,
    priority: 1,
  });
}

/** Ends the connection when the server says nothing for too long: TCP alone may stay silent for minutes. */
function watchSilence(watched: {
  subscription: ClientSubscription;
  device: OpcUaDevice;
  context: Context;
  lost: AbortController;
}): { refresh: () => void; stop: () => void } {
  const { subscription, device, context, lost } = watched;
  const silenceMs = device.timeoutMs + Math.max(keepAliveMs, device.publishMs);
  const timer = setTimeout(() => lost.abort(new Error("the server is silent")), silenceMs);
  const refresh = () => {
    if (lost.signal.aborted) return;
    timer.refresh();
    context.events.alive(Date.now());
  };
  subscription.on("keepalive", refresh);
  subscription.on("terminated", () => lost.abort(new Error("the subscription ended")));
  return { refresh, stop: () => clearTimeout(timer) };
}

async function monitor(wanted: {
  subscription: ClientSubscription;
  context: Context;
  ended: AbortSignal;
  onData: () => void;
}): Promise<void> {
  const { subscription, context, ended, onData } = wanted;
  const { device, events } = context;
  const connectedTime = Date.now();
  let batch: Reading[] = [];
  const flush = () => {
    const readings = batch;
    batch = [];
    if (ended.aborted) return;
    events.readings(readings);
    onData();
  };
  for (const metrics of chunks(device.metrics, itemsPerRequest)) {
    const group = await subscription.monitorItems(
      metrics.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
      { samplingInterval: device.publishMs, queueSize, discardOldest: true },
      TimestampsToReturn.Both,
    );
    const seen = new Set<number>();
    group.on("changed", (_: ClientMonitoredItemBase, value: DataValue, index: number) => {
      const metric = metrics[index];
      if (metric === undefined) return;
      // One notification calls once per item; its readings stay together.
      if (batch.length === 0) setImmediate(flush);
      const reading = readingOf(metric, value);
      // The first one tells what is so now, however long ago the server saw it change.
      if (!seen.has(index)) reading.sourceTime = Math.max(reading.sourceTime, connectedTime);
      seen.add(index);
      batch.push(reading);
    });
  }
}

function readingOf(
  { name }: OpcUaMetric,
  { value, statusCode, sourceTimestamp, serverTimestamp }: DataValue,
): Reading {
  const sourceTime = (sourceTimestamp ?? serverTimestamp ?? new Date()).getTime();
  // Uncertain values are values; Sparkplug has no word between good and bad.
  const isGood = !statusCode.isBad();
  return { name, value: isGood ? valueOf(value) : null, isGood, sourceTime };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The promise's value, unless the connection ends first. */
async function before<T>(ended: AbortSignal, promise: Promise<T>): Promise<T> {
  // Whoever loses the race may still reject, and nobody would be listening.
  promise.catch(() => {});
  ended.throwIfAborted();
  const stop = new AbortController();
  try {
    const aborted = once(ended, "abort", { signal: stop.signal }).then((): never => {
      throw ended.reason;
    });
    return await Promise.race([promise, aborted]);
  } finally {
    stop.abort();
  }
}

/** Waits for a goodbye, but not for ever; what goes wrong with it no longer matters. */
async function bounded(timeoutMs: number, promise: Promise<unknown> | undefined): Promise<void> {
  const timeout = new AbortController();
  const timer = wait(timeoutMs, undefined, { signal: timeout.signal }).catch(() => {});
  await Promise.race([promise?.catch(() => {}), timer]);
  timeout.abort();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
