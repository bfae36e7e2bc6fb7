import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describeSettings } from "@millwright/contracts/api";
import { pino } from "pino";

import { listenEmbedded } from "./broker/embedded.ts";
import { connectExternal } from "./broker/external.ts";
import type { BrokerEvents, Transport } from "./broker/transport.ts";
import type { Home } from "./home.ts";
import { Homes } from "./homes.ts";
import { createMetrics, type Observed } from "./observe/metrics.ts";
import { serveMetrics } from "./observe/serve-metrics.ts";
import { startTracing } from "./observe/tracing.ts";
import { Cell } from "./session/cell.ts";
import { SparkplugHost } from "./session/host.ts";
import { ingestSettingsSchema, readSettings, type Settings } from "./settings.ts";
import { tidy, writeStatus } from "./store/housekeeping.ts";
import { loadOnlineDevices } from "./store/devices.ts";
import { rollUp } from "./store/rollups.ts";

const tickEveryMs = 100;
const statusEveryMs = 2000;
const cellEveryMs = 2000;
const tidyEveryMs = 600_000;
/** Charts of long ranges are behind by this much; what happens now is read from raw rows. */
const rollUpEveryMs = 10_000;
/** Nodes that were online before a restart have this long to be born again. */
const rebirthGraceMs = 30_000;
const stopWithinMs = 10_000;

try {
  await run(readSettings(process.env));
} catch (error) {
  console.error(`ingest: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function run(settings: Settings): Promise<void> {
  // Written at once: what waits in a buffer when the reader of our output has died keeps the process
  // from exiting (sonic-boom's flushSync repeats a write to a broken pipe for ever).
  const output = pino.destination({ dest: 1, sync: true });
  const logger = pino({ level: settings.LOG_LEVEL, name: "ingest" }, output);
  const startedTime = new Date();
  const tracing = await startTracing(settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  const cell = new Cell();
  const host = new SparkplugHost({ hostId: settings.SPARKPLUG_HOST_ID, cell, logger });
  const background = (what: string, work: () => Promise<void>) => () => {
    work().catch((error: unknown) => logger.warn({ err: error }, `${what}: failed, trying on`));
  };
  const homes = await Homes.open({
    url: settings.DATABASE_URL,
    cell,
    logger,
    schema: newestMigration(),
    onStored: (acknowledged) => host.noteStored(acknowledged),
    onOpened: (home) => background("births", () => expectBirths(host, home))(),
    onFailure: (error) => {
      logger.fatal({ err: error }, "a batch cannot be written: ending; edge logs keep the data");
      process.exit(1);
    },
  });
  host.connect(homes);
  const refusals = new Map<string, number>();
  const transport = await openTransport(settings, { cell, host, refusals, logger });
  host.attach(transport);
  await host.announceBirth();

  const described = describeSettings(ingestSettingsSchema, process.env);
  const metrics = await openMetrics(settings, {
    totals: () => homes.totals(),
    queueDepth: () => sumOf(homes.all().map(({ shares }) => shares.queueDepth)),
    lagMs: () => Math.max(...homes.all().map(({ shares }) => shares.lagMs)),
    nodesOnline: () => host.nodesOnline(),
    rebirthsAsked: () => host.rebirthsAsked,
    refusals: () => refusals,
  });
  // To each database what concerns its tenants; what belongs to nobody stands in the installation's.
  const statusOf = (home: Home) =>
    writeStatus(home.pool, {
      hostId: settings.SPARKPLUG_HOST_ID,
      startedTime,
      detail: {
        broker: transport.description,
        nodesOnline: host.nodesOnline((tenantId) => homes.isHomeOf(home, tenantId)),
        queueDepth: home.shares.queueDepth,
        lagMs: Math.round(home.shares.lagMs),
        ...(home === homes.installation && {
          rebirthsAsked: host.rebirthsAsked,
          refusals: Object.fromEntries(refusals),
          dropped: homes.dropped,
          settings: described,
        }),
        ...home.shares.totals(),
      },
    });
  const inEachHome = (what: string, work: (home: Home) => Promise<void>) => () => {
    for (const home of homes.all()) background(`${what} in ${home.name}`, () => work(home))();
  };
  await statusOf(homes.installation);
  const timers = [
    setInterval(() => {
      host.tick((session) => homes.watermarkOf(session));
      homes.tick();
    }, tickEveryMs),
    setInterval(inEachHome("status", statusOf), statusEveryMs),
    setInterval(
      background("bindings", async () => {
        await homes.refresh();
        host.noteBindings();
      }),
      cellEveryMs,
    ),
    setInterval(
      inEachHome("housekeeping", ({ pool }) => tidy(pool)),
      tidyEveryMs,
    ),
    setInterval(
      inEachHome("roll-ups", async ({ pool }) => void (await rollUp(pool))),
      rollUpEveryMs,
    ),
  ];

  // Stop intake, drain, acknowledge, say goodbye, close: what has arrived is stored before we go.
  const stop = async () => {
    for (const timer of timers) clearInterval(timer);
    host.stopIntake();
    await homes.drain();
    host.acknowledgeAll((session) => homes.watermarkOf(session));
    await host.announceDeath();
    await transport[Symbol.asyncDispose]();
    await homes.close();
    await metrics?.[Symbol.asyncDispose]();
    await tracing[Symbol.asyncDispose]();
  };
  stopOnSignal(stop);
  const broker = transport.description;
  logger.info({ broker, ...(metrics && { metrics: metrics.address }) }, "ingest: ready");
  process.send?.({ type: "ready" });
}

/** Nodes that were online when this database was last written have a while to be born again. */
async function expectBirths(host: SparkplugHost, home: Home): Promise<void> {
  const before = await loadOnlineDevices(home.pool);
  setTimeout(() => host.missedBirths(before), rebirthGraceMs).unref();
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

async function openMetrics({ INGEST_METRICS_PORT: port }: Settings, observed: Observed) {
  return port === undefined ? null : serveMetrics(createMetrics(observed), port);
}

async function openTransport(
  settings: Settings,
  parts: {
    cell: Cell;
    host: SparkplugHost;
    refusals: Map<string, number>;
    logger: pino.Logger;
  },
): Promise<Transport> {
  const { cell, host, refusals, logger } = parts;
  const events: BrokerEvents = {
    receive: (topic, payload) => host.receive(topic, payload),
    refused: (what, detail) => {
      const count = (refusals.get(what) ?? 0) + 1;
      refusals.set(what, count);
      // A flood of refusals must not become a flood of log lines: the 1st, 2nd, 4th, 8th …
      if (Number.isInteger(Math.log2(count))) logger.warn({ ...detail, count }, `refused: ${what}`);
    },
  };
  if (settings.MQTT_URL !== undefined) {
    return connectExternal({
      url: settings.MQTT_URL,
      will: { topic: host.stateTopic, payload: () => host.stateWill() },
      onConnect: () => host.announceBirth(),
      events,
    });
  }
  const { MQTT_HOST: mqttHost, MQTT_PORT: port } = settings;
  return listenEmbedded({ host: mqttHost, port, cell, events }).catch((error: unknown) => {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!isTaken) throw error;
    throw new Error(`port ${port} is taken: set MQTT_PORT to a free one`);
  });
}

function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false;
  const once = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", once);
  process.on("SIGINT", once);
  process.on("disconnect", once);
}

/** The schema this code was written for. */
function newestMigration(): string {
  const files = readdirSync(join(import.meta.dirname, "../migrations")).sort();
  const newest = files.at(-1);
  if (newest === undefined) throw new Error("ingest/migrations is empty");
  return newest.replace(/\.sql$/, "");
}
