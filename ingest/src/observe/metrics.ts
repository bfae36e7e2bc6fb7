import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

import type { Totals } from "../pipeline.ts";

/** What the figures are read from when somebody asks. */
export type Observed = {
  totals: () => Readonly<Totals>;
  queueDepth: () => number;
  lagMs: () => number;
  nodesOnline: () => number;
  rebirthsAsked: () => number;
  refusals: () => ReadonlyMap<string, number>;
};

/** Counters of `Totals` and what each one means; every total has a line here (a type says so). */
const help = {
  messages: "Messages taken from the broker",
  samples: "Readings stored",
  events: "Machine events emitted",
  duplicates: "Messages that were stored before and are no-ops",
  refusedFull: "Messages refused because too many ranges were missing before them",
  uncertainTimes: "Readings stored at received time because their source time was not plausible",
  notNumbers: "Readings of a counter or state that were no number",
  unmappedStates: "Values of a state metric that its binding does not map",
  deadLetters: "Messages, or metrics of them, that could not be used",
  deadLettersUnstored: "Dead letters that were only counted, because too many came at once",
  gaps: "Rows written to the gap ledger",
  batches: "Transactions that stored messages",
  retries: "Transactions tried again",
} as const satisfies Record<keyof Totals, string>;

/** `/metrics` of ingest. Figures are read when asked: a scrape costs no query. */
export function createMetrics(observed: Observed): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of Object.keys(help) as (keyof Totals)[]) {
    registry.registerMetric(
      new Counter({
        name: `millwright_ingest_${snake(name)}_total`,
        help: help[name],
        registers: [],
        collect() {
          this.reset();
          this.inc(observed.totals()[name]);
        },
      }),
    );
  }
  registry.registerMetric(refusals(observed));
  for (const gauge of gauges(observed)) registry.registerMetric(gauge);
  return registry;
}

function gauges(observed: Observed): Gauge[] {
  const { queueDepth, lagMs, nodesOnline, rebirthsAsked } = observed;
  return [
    gauge("queue_rows", "Rows that wait to be stored or are being stored", queueDepth),
    gauge("write_lag_seconds", "Age of the oldest message not stored yet", () => lagMs() / 1000),
    gauge("nodes_online", "Edge nodes that are online", nodesOnline),
    gauge("rebirths_asked", "Rebirths asked for since the start", rebirthsAsked),
  ];
}

function gauge(name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name: `millwright_ingest_${name}`,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
}

function refusals(observed: Observed): Counter {
  return new Counter({
    name: "millwright_ingest_refusals_total",
    help: "Connections, publishes and subscriptions the broker refused",
    // The reasons are a fixed set of words in broker/.
    labelNames: ["reason"],
    registers: [],
    collect() {
      this.reset();
      for (const [reason, count] of observed.refusals()) this.inc({ reason }, count);
    },
  });
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
