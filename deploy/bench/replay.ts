import type { ChildProcess } from "node:child_process";
import { parseArgs } from "node:util";

import { kindFromEnvironment } from "../database/server.ts";
import { createTestDatabase } from "../test/database.ts";
import { freePort, ingestOn } from "../test/plant.ts";
import { announce, startTestServer } from "../test/server.ts";
import { backendsQuery, cpuMsNow, cpuMsSince } from "./cpu.ts";
import { LiveProbe, measureLive } from "./live-probe.ts";
import {
  connect,
  everythingStored,
  median,
  newNodes,
  quantile,
  registerNodes,
  startPublisher,
} from "./load.ts";
import type { PublisherOptions } from "./publisher.ts";

/**
 * bench:replay: how long a live value takes from its publish to its durable commit, in turn beside live
 * traffic alone and beside gateways that replay `--ratio` times as much as all live traffic; both warm,
 * `--rounds` times `--seconds` each. Prints `{replay_ratio, idle_p99_ms, replay_p99_ms, p99_ratio, …}`
 * of all rounds together and `p99_ratios` of each; the aims are replay_ratio >= 5 and p99_ratio <= 1.5.
 * `own_p99_ms`: of a gateway that replays its own log meanwhile, one log being one watermark. `late_p99_ms`:
 * how late the publisher itself was, which is no part of the others. `cpu_ms_s`: processor time of ingest
 * and PostgreSQL, ms a second.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    live: { type: "string", default: "3000" },
    ratio: { type: "string", default: "6" },
    volatile: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const liveMetricsPerSecond = Number(values.live);
const metricsPerMessage = 50;
const nodeCount = 2;
const warmSeconds = 5;

const { server, stop } = await startTestServer(kindFromEnvironment(), {
  isDurable: !values.volatile,
});
announce(kindFromEnvironment() ?? "timescale", server);
await using serving = new AsyncDisposableStack();
serving.defer(stop);
await using database = await createTestDatabase({ isolation: "shared" });
const mqttPort = await freePort();
const url = `mqtt://127.0.0.1:${mqttPort}`;
const live = load(liveMetricsPerSecond, 2 * rounds * (seconds + 2) + warmSeconds, false);
const replays = Array.from({ length: rounds }, () =>
  load(liveMetricsPerSecond * Number(values.ratio), seconds, true),
);
const probeNodes = newNodes(database, 2);
for (const options of [live, ...replays]) await registerNodes(database, options);
await registerNodes(database, { ...live, nodes: probeNodes, countMetrics: 0, stateMetrics: 0 });
await using ingest = ingestOn(database, mqttPort, { LOG_LEVEL: "warn" });
await ingest.start();
await using reader = await connect(database);
const publishers: ChildProcess[] = [];
try {
  await using other = await LiveProbe.connect(url, node(0));
  await using own = await LiveProbe.connect(url, node(1));
  for (const options of [live, ...replays]) publishers.push(await startPublisher(options));
  publishers[0]?.send("go");
  await measureLive(reader, [other, own], { seconds: warmSeconds });

  const results: Awaited<ReturnType<typeof round>>[] = [];
  for (const [index, replay] of replays.entries()) {
    results.push(await round({ other, own, replay, publisher: publishers[index + 1] }));
  }
  const all = (pick: (result: (typeof results)[number]) => number[]) => results.flatMap(pick);
  const [idle, busy] = [all((result) => result.idle), all((result) => result.busy)];
  const ownMs = all((result) => result.own);
  const metricsPerSecond = median(results.map((result) => result.replayMetricsPerSecond));
  console.log(
    JSON.stringify({
      live_metrics_s: liveMetricsPerSecond,
      replay_metrics_s: Math.round(metricsPerSecond),
      replay_ratio: rounded(metricsPerSecond / liveMetricsPerSecond),
      idle_p50_ms: rounded(quantile(idle, 0.5)),
      idle_p99_ms: rounded(quantile(idle, 0.99)),
      replay_p50_ms: rounded(quantile(busy, 0.5)),
      replay_p99_ms: rounded(quantile(busy, 0.99)),
      own_p50_ms: rounded(quantile(ownMs, 0.5)),
      own_p99_ms: rounded(quantile(ownMs, 0.99)),
      p99_ratio: rounded(quantile(busy, 0.99) / quantile(idle, 0.99)),
      p99_ratios: results.map((result) =>
        rounded(quantile(result.busy, 0.99) / quantile(result.idle, 0.99)),
      ),
      late_p99_ms: rounded(quantile([...other.lateMs, ...own.lateMs], 0.99)),
      cpu_ms_s: {
        idle: { ...meanOf(results.map((result) => result.idleCpu)) },
        replay: { ...meanOf(results.map((result) => result.busyCpu)) },
      },
      values: idle.length + busy.length,
      rounds,
      server: database.kind,
      durable: !values.volatile,
    }),
  );
} finally {
  if (ingest.output !== "") console.error(ingest.output.slice(-2000));
  for (const publisher of publishers) publisher.kill();
}

type Cpu = { ingest: number; postgresql: number };

async function round(parts: {
  other: LiveProbe;
  own: LiveProbe;
  replay: PublisherOptions;
  publisher: ChildProcess | undefined;
}) {
  const { other, own, replay, publisher } = parts;
  const probes = [other, own];
  const [idle, idleCpu] = await withCpu(() => measureLive(reader, probes, { seconds }));
  publisher?.send("go");
  const started = performance.now();
  const [[busy, busyCpu], replaySeconds] = await Promise.all([
    withCpu(() => measureLive(reader, probes, { seconds, replaying: own })),
    everythingStored(database, replay, ingest, { lookEveryMs: 100 }).then(
      () => (performance.now() - started) / 1000,
    ),
  ]);
  const replayed = nodeCount * replay.messagesPerNode * metricsPerMessage;
  const tookOf = (seen: typeof busy, probe: LiveProbe) =>
    seen.filter((one) => one.probe === probe).map(({ tookMs }) => tookMs);
  const result = {
    idle: idle.map(({ tookMs }) => tookMs),
    busy: tookOf(busy, other),
    own: tookOf(busy, own),
    replayMetricsPerSecond: replayed / replaySeconds,
    idleCpu,
    busyCpu,
  };
  console.error(
    `p99 ${rounded(quantile(result.idle, 0.99))} ms idle, ${rounded(quantile(result.busy, 0.99))} ms beside the replay`,
  );
  return result;
}

/** Also the processor time ingest and PostgreSQL spent meanwhile, ms a second. */
async function withCpu<T>(work: () => Promise<T>): Promise<[T, Cpu]> {
  const before = cpuMsNow([ingest.pid, ...(await backends())]);
  const started = performance.now();
  const result = await work();
  const perSecond = 1000 / (performance.now() - started);
  return [
    result,
    {
      ingest: cpuMsSince(before, [ingest.pid]) * perSecond,
      postgresql: cpuMsSince(before, await backends()) * perSecond,
    },
  ];
}

async function backends(): Promise<number[]> {
  const { rows } = await reader.query<{ pid: number }>(backendsQuery);
  return rows.map(({ pid }) => pid);
}

function meanOf(cpus: readonly Cpu[]): Cpu {
  const mean = (pick: (cpu: Cpu) => number) =>
    Math.round(cpus.reduce((sum, cpu) => sum + pick(cpu), 0) / cpus.length);
  return { ingest: mean((cpu) => cpu.ingest), postgresql: mean((cpu) => cpu.postgresql) };
}

function node(index: number): PublisherOptions["nodes"][number] {
  const one = probeNodes[index];
  if (one === undefined) throw new Error(`there are ${probeNodes.length} probes`);
  return one;
}

function load(metricsPerSecond: number, forSeconds: number, isHistorical: boolean) {
  const perSecond = metricsPerSecond / metricsPerMessage / nodeCount;
  return {
    url,
    nodes: newNodes(database, nodeCount),
    messagesPerNode: Math.ceil(perSecond * forSeconds),
    metricsPerMessage,
    countMetrics: 4,
    stateMetrics: 1,
    perSecond,
    isHistorical,
  } satisfies PublisherOptions;
}

function rounded(number: number): number {
  return Number(number.toFixed(2));
}
