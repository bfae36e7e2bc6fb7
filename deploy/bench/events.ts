import { parseArgs } from "node:util";

import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import pg from "pg";

import type { Transaction } from "../../core/src/platform/db/transaction.ts";
import { newEvent } from "../../core/src/platform/events/new-event.ts";
import { SubscriptionRunner } from "../../core/src/platform/events/run-subscription.ts";
import type { Subscription } from "../../core/src/platform/events/subscription.ts";
import { openPlatform } from "../../core/src/platform/open-platform.ts";
import { createTestDatabase } from "../test/database.ts";
import { backendsQuery, cpuMsNow, cpuMsSince } from "./cpu.ts";

/**
 * bench:events: events appended in transactions of 10 and delivered to three subscribers, whose effect
 * is one upsert per event, beside plain inserts of the same rows (the event's and the three effects')
 * by as many connections in the same run. Prints `{insert_rows_s, events_s, ratio, idle_p99_ms, …}`:
 * medians of `--runs` alternating runs. `insert_rows_s` and `events_s` are rows and events a second;
 * one delivered event is four rows, so `ratio` = 4 × events_s ÷ insert_rows_s. Each run has one poison
 * batch that is bisected. `idle_p99_ms`: from the start of the emit to the notice that the last of the
 * three effects is committed, one event at a time. `cpu_ms` is what `--events` of them took of this
 * process and of PostgreSQL, plain and delivered, and `cpu_ratio` one by the other: the same ratio on a
 * machine that others keep busy. Fails when an effect is lost or there twice.
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "20000" },
    writers: { type: "string", default: "4" },
    runs: { type: "string", default: "3" },
    idle: { type: "string", default: "300" },
  },
});
const eventCount = Number(values.events);
const writers = Number(values.writers);
const perTransaction = 10;
const effectBatch = 1000;
const subscribers = [1, 2, 3] as const;
const actor = { kind: "system", id: "bench" } as const;

await using database = await createTestDatabase();
const tenantId = tenantIdSchema.parse(database.tenantId);
await using platform = await openPlatform({
  process: "bench",
  databaseUrl: database.urls.worker,
  logLevel: "silent",
});
const { db } = platform;
const warmUps = 20;
let wrong = 0;
let isIdle = false;
await makeTables();

const inserted: number[] = [];
const delivered: number[] = [];
const cpu = { insert: [] as CpuMs[], deliver: [] as CpuMs[] };
// Connections read the catalogue once, and the engine compiles what is hot.
await insertPlain(2000);
await deliver(2000);
for (let run = 0; run < Number(values.runs); run += 1) {
  inserted.push(await costing(cpu.insert, () => insertPlain(eventCount)));
  delivered.push(await costing(cpu.deliver, () => deliver(eventCount)));
  console.error(
    `run ${run + 1}: insert ${inserted.at(-1)} rows/s, deliver ${delivered.at(-1)} events/s`,
  );
}
const idle = await measureIdle(Number(values.idle));
const ratios = delivered.map((events, run) => (events * 4) / (inserted[run] ?? Number.NaN));
const cpuMs = { insert: medianOf(cpu.insert), deliver: medianOf(cpu.deliver) };
console.log(
  JSON.stringify({
    insert_rows_s: median(inserted),
    events_s: median(delivered),
    ratio: Number(median(ratios).toFixed(3)),
    idle_p99_ms: Number(percentile(idle, 0.99).toFixed(1)),
    idle_p50_ms: Number(percentile(idle, 0.5).toFixed(1)),
    cpu_ratio: Number((total(cpuMs.insert) / total(cpuMs.deliver)).toFixed(3)),
    cpu_ms: cpuMs,
    events: eventCount,
    writers,
    runs: ratios.length,
    wrong_effects: wrong,
    server: database.kind,
  }),
);
if (wrong > 0) process.exitCode = 1;

type CpuMs = { node: number; postgresql: number };

/** Notes what `work` took of this process and of PostgreSQL. */
async function costing<T>(spent: CpuMs[], work: () => Promise<T>): Promise<T> {
  const before = { node: process.cpuUsage(), postgresql: cpuMsNow(await backends()) };
  const result = await work();
  const { user, system } = process.cpuUsage(before.node);
  spent.push({
    node: Math.round((user + system) / 1000),
    postgresql: cpuMsSince(before.postgresql, await backends()),
  });
  return result;
}

async function backends(): Promise<number[]> {
  return (await asOwner(backendsQuery)).rows.map(({ pid }) => Number(pid));
}

function medianOf(spent: readonly CpuMs[]): CpuMs {
  return {
    node: median(spent.map(({ node }) => node)),
    postgresql: median(spent.map(({ postgresql }) => postgresql)),
  };
}

function total({ node, postgresql }: CpuMs): number {
  return node + postgresql;
}

/** Rows a second: the same event rows in the same transactions, the same effects in batches. */
async function insertPlain(count: number): Promise<number> {
  await asOwner("truncate bench.plain_event, bench.plain_1, bench.plain_2, bench.plain_3");
  const started = performance.now();
  const share = Math.ceil(count / perTransaction / writers);
  await Promise.all([
    ...Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < share; n += 1) {
        const first = (writer * share + n) * perTransaction;
        await db.inTenant(tenantId, (tx) => insertPlainEvents(tx, first));
      }
    }),
    ...subscribers.map(async (subscriber) => {
      for (let first = 0; first < count; first += effectBatch) {
        const rows = Array.from({ length: effectBatch }, (_, n) => ({
          key: String(first + n),
          value: `edge-${first + n}`,
        }));
        await db.inTenant(tenantId, (tx) => insertEffects(tx, `plain_${subscriber}`, rows));
      }
    }),
  ]);
  return Math.round(((count * 4) / (performance.now() - started)) * 1000);
}

/** Events a second, from the first append to the last committed effect. */
async function deliver(count: number): Promise<number> {
  await asOwner("truncate bench.effect_1, bench.effect_2, bench.effect_3");
  const runners = subscribers.map(
    (subscriber) =>
      new SubscriptionRunner(upserting(subscriber), { ...platform, ...db.installation }),
  );
  for (const runner of runners) runner.start();
  // One event first, so that the cursors stand at the end of the log before the clock runs.
  await db.inTenant(tenantId, (tx) => Promise.resolve(tx.emit(eventsFrom(0))));
  await untilDelivered();
  const started = performance.now();
  const share = Math.ceil(count / perTransaction / writers);
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < share; n += 1) {
        const first = (writer * share + n) * perTransaction;
        await db.inTenant(tenantId, (tx) => Promise.resolve(tx.emit(eventsFrom(first))));
      }
    }),
  );
  await untilDelivered();
  const elapsedMs = performance.now() - started;
  for (const runner of runners) await runner[Symbol.asyncDispose]();
  wrong += await countWrongEffects(share * writers * perTransaction + perTransaction);
  return Math.round(((share * writers * perTransaction) / elapsedMs) * 1000);
}

/** One upsert per event; its first large batch has an event that is refused until it is alone. */
function upserting(subscriber: number): Subscription {
  let poison: string | undefined;
  return {
    name: `bench.subscriber-${subscriber}`,
    keys: ["equipment.edge_node_changed@1"],
    handle: async (tx, events) => {
      if (events.length > 100) poison ??= events[50]?.position;
      if (events.length > 1 && events.some(({ position }) => position === poison)) {
        throw new Error("poison");
      }
      const rows = events.map(({ position, payload }) => ({
        key: position,
        value: (payload as { edgeNodeId: string }).edgeNodeId,
      }));
      await upsertEffects(tx, `effect_${subscriber}`, rows);
      if (isIdle) await sql`select pg_notify('bench', ${String(subscriber)})`.execute(tx.over());
    },
  };
}

/** Milliseconds from the start of an emit to the notice of the last of its three effects. */
async function measureIdle(count: number): Promise<number[]> {
  isIdle = true;
  const runners = subscribers.map(
    (subscriber) =>
      new SubscriptionRunner(upserting(subscriber), { ...platform, ...db.installation }),
  );
  const ear = new pg.Client({ connectionString: database.urls.worker });
  await ear.connect();
  await ear.query("listen bench");
  let heard = 0;
  let allHeard: (() => void) | null = null;
  ear.on("notification", () => {
    heard += 1;
    if (heard === subscribers.length) allHeard?.();
  });
  for (const runner of runners) runner.start();
  const latencies: number[] = [];
  for (let n = 0; n < count + warmUps; n += 1) {
    const { promise, resolve } = Promise.withResolvers<void>();
    heard = 0;
    allHeard = resolve;
    const started = performance.now();
    await db.inTenant(tenantId, (tx) => Promise.resolve(tx.emit(eventsFrom(n).slice(0, 1))));
    await promise;
    if (n >= warmUps) latencies.push(performance.now() - started);
    // Idle is what is measured: the readers have gone back to waiting.
    await new Promise((resume) => setTimeout(resume, 30 + 20 * Math.random()));
  }
  for (const runner of runners) await runner[Symbol.asyncDispose]();
  await ear.end();
  return latencies.sort((a, b) => a - b);
}

function eventsFrom(first: number) {
  return Array.from({ length: perTransaction }, (_, n) =>
    newEvent("equipment.edge_node_changed@1", {
      tenantId,
      stream: streamOf(first + n),
      streamVersion: null,
      payload: payloadOf(first + n),
      actor,
    }),
  );
}

function streamOf(n: number): string {
  return `edge_node:${n % 100}`;
}

function payloadOf(n: number) {
  return { groupId: "plant", edgeNodeId: `edge-${n}` };
}

async function insertPlainEvents(tx: Transaction, first: number): Promise<void> {
  const numbers = Array.from({ length: perTransaction }, (_, n) => first + n);
  await sql`
    insert into bench.plain_event
      (position, tenant_id, stream, type, type_version, payload, actor)
    select position, ${tenantId}, stream, 'equipment.edge_node_changed', 1, payload, ${actor}
      from unnest(${numbers}::bigint[], ${numbers.map(streamOf)}::text[],
                  ${numbers.map((n) => JSON.stringify(payloadOf(n)))}::jsonb[])
           as listed (position, stream, payload)`.execute(tx.over());
}

type Effect = { key: string; value: string };

async function insertEffects(tx: Transaction, table: string, rows: readonly Effect[]) {
  await sql`
    insert into bench.${sql.raw(table)} (tenant_id, position, value, times)
    select ${tenantId}, position, value, 1
      from unnest(${rows.map(({ key }) => key)}::bigint[],
                  ${rows.map(({ value }) => value)}::text[]) as listed (position, value)`.execute(
    tx.over(),
  );
}

async function upsertEffects(tx: Transaction, table: string, rows: readonly Effect[]) {
  await sql`
    insert into bench.${sql.raw(table)} as effect (tenant_id, position, value, times)
    select ${tenantId}, position, value, 1
      from unnest(${rows.map(({ key }) => key)}::bigint[],
                  ${rows.map(({ value }) => value)}::text[]) as listed (position, value)
    on conflict (position) do update
       set value = excluded.value, times = effect.times + 1`.execute(tx.over());
}

async function untilDelivered(): Promise<void> {
  for (;;) {
    const [row] = await db.query(sql<{ is_done: boolean }>`
      select count(*) = 3 and min(position) >= platform.last_position() as is_done
        from platform.subscription
       where name like 'bench.%'`);
    if (row?.is_done === true) return;
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

/** Effects that are lost, and those that were applied twice. */
async function countWrongEffects(expected: number): Promise<number> {
  const counts = await Promise.all(
    subscribers.map(async (subscriber) => {
      const { rows } = await asOwner(
        `select count(*)::integer as n, sum(times)::integer as times from bench.effect_${subscriber}`,
      );
      const { n, times } = rows[0] as { n: number; times: number };
      return Math.abs(expected - n) + Math.abs(times - n);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function makeTables(): Promise<void> {
  const effect = `(tenant_id uuid not null, position bigint primary key, value text not null, times integer not null)`;
  await asOwner(`
    create schema bench;
    create table bench.plain_event (like platform.event including all);
    ${subscribers
      .map(
        (n) => `create table bench.effect_${n} ${effect}; create table bench.plain_${n} ${effect};`,
      )
      .join("\n")}
    grant usage on schema bench to mw_worker;
    grant select, insert, update on all tables in schema bench to mw_worker`);
}

async function asOwner(statement: string): Promise<pg.QueryResult> {
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  try {
    return await owner.query(statement);
  } finally {
    await owner.end();
  }
}

function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Of ascending values. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
