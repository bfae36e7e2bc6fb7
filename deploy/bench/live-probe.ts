import { DataType } from "@millwright/contracts/sparkplug";
import type pg from "pg";

import { TestEdgeNode } from "../../ingest/src/broker/test-edge-node.ts";
import type { PublisherOptions } from "./publisher.ts";

/** A live value that committed: which gateway's, and how long after its publish, ms. */
export type Seen = { probe: LiveProbe; tookMs: number };

const probeEveryMs = 25;
const lookEveryMs = 2;
const replayEveryMs = 20;
const replayMetrics = 50;
/** Live offsets lie above those it replays. */
const replayOffsetsMax = 1_000_000;
const replayAgeMs = 3_600_000;
const metrics = Object.fromEntries(
  ["probe", ...Array.from({ length: replayMetrics }, (_, i) => `process/${i}`)].map((name) => [
    name,
    DataType.Double,
  ]),
);

/**
 * A gateway with one live value that ascends, published every 25 ms whether or not the ones before are
 * stored, so that a slow stretch is seen by all values that fall into it. It can replay its own log at
 * the same time: 50 metrics every 20 ms.
 */
export class LiveProbe implements AsyncDisposable {
  /** How late its own process was with a publish, ms: no part of what is measured. */
  readonly lateMs: number[] = [];
  readonly node: PublisherOptions["nodes"][number];
  readonly #edge: TestEdgeNode;
  /** When each value was published: epoch ms. */
  readonly #publishedMs = new Map<number, number>();
  #value = 0;
  #replayed = 0;

  static async connect(url: string, node: PublisherOptions["nodes"][number]): Promise<LiveProbe> {
    const edge = await TestEdgeNode.connect({ url, ...node, metrics });
    await edge.birth();
    edge.skip({ offsets: replayOffsetsMax });
    return new LiveProbe(node, edge);
  }

  private constructor(node: LiveProbe["node"], edge: TestEdgeNode) {
    this.node = node;
    this.#edge = edge;
  }

  /** Publishes until then (`performance.now()`), and replays beside it when `isReplaying`. */
  async publish(untilMs: number, { isReplaying }: { isReplaying: boolean }): Promise<void> {
    await Promise.all([
      everyMs(probeEveryMs, untilMs, (lateMs) => {
        this.lateMs.push(lateMs);
        this.#value += 1;
        this.#publishedMs.set(this.#value, epochMs());
        return this.#edge.data([{ name: "probe", value: this.#value, time: Date.now() }]);
      }),
      isReplaying ? everyMs(replayEveryMs, untilMs, () => this.#replay()) : null,
    ]);
  }

  /** Values are stored in their order, so all up to this one are. */
  noteStored(value: number, atMs: number): Seen[] {
    const seen: Seen[] = [];
    for (const [published, publishedMs] of this.#publishedMs) {
      if (published > value) break;
      this.#publishedMs.delete(published);
      seen.push({ probe: this, tookMs: atMs - publishedMs });
    }
    return seen;
  }

  get isAllStored(): boolean {
    return this.#publishedMs.size === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge[Symbol.asyncDispose]();
  }

  #replay(): Promise<void> {
    this.#replayed += 1;
    const time = Date.now() - replayAgeMs;
    const readings = Array.from({ length: replayMetrics }, (_, i) => ({
      name: `process/${i}`,
      value: this.#replayed + i,
      time,
    }));
    return this.#edge.data(readings, { offset: this.#replayed, isHistorical: true });
  }
}

/**
 * Publishes with every probe for so long and waits until all of it is stored, as another connection sees
 * it: the times are the database's, good to the 2 ms between looks.
 */
export async function measureLive(
  reader: pg.Client,
  probes: readonly LiveProbe[],
  { seconds, replaying }: { seconds: number; replaying?: LiveProbe | null },
): Promise<Seen[]> {
  const untilMs = performance.now() + seconds * 1000;
  const published = Promise.all(
    probes.map((probe) => probe.publish(untilMs, { isReplaying: probe === replaying })),
  );
  const seen: Seen[] = [];
  const deadlineMs = untilMs + 30_000;
  while (performance.now() < untilMs || probes.some(({ isAllStored }) => !isAllStored)) {
    if (performance.now() > deadlineMs) throw new Error("a live value was not stored within 30 s");
    const { rows } = await reader.query<{ edge_node_id: string; value: number; at_ms: number }>({
      name: "probes",
      text: `select edge_node_id, value, (extract(epoch from clock_timestamp()) * 1000)::float8 as at_ms
               from telemetry.metric join telemetry.last_value using (metric_id)
              where edge_node_id = any ($1) and name = 'probe'`,
      values: [probes.map(({ node }) => node.edgeNodeId)],
    });
    for (const row of rows) {
      const probe = probes.find(({ node }) => node.edgeNodeId === row.edge_node_id);
      seen.push(...(probe?.noteStored(row.value, row.at_ms) ?? []));
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  await published;
  return seen;
}

/** Calls at fixed times, however long the calls take; tells each how late it comes, ms. */
async function everyMs(
  intervalMs: number,
  untilMs: number,
  work: (lateMs: number) => Promise<void>,
): Promise<void> {
  const under: Promise<void>[] = [];
  for (let dueMs = performance.now(); dueMs < untilMs; dueMs += intervalMs) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    under.push(work(Math.max(0, performance.now() - dueMs)));
  }
  await Promise.all(under);
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
