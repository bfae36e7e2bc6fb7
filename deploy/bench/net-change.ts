import { parseArgs } from "node:util";

import type { Plan } from "@millwright/contracts/api";
import { sql } from "kysely";

import { runMrpNow } from "../../core/src/modules/planning/net-change.fixture.ts";
import { openTestPlant } from "../../core/src/testing/plant.ts";
import { createTestDatabase } from "../test/database.ts";
import { backendsQuery, cpuMsNow, cpuMsSince } from "./cpu.ts";
import { storeFactory } from "./planning-company.ts";

/**
 * bench:net-change: a company of 10,000 items and about 5,000 demands planned through the API, then one
 * demand changed and the plan brought up to date, `--runs` times. `full_ms` and `net_ms` go from the
 * request to the stored plan, the job's turn in the queue left out: both run at once here. CPU is that of
 * this process and of the backends that serve it: what counts on a busy machine.
 */
const { values } = parseArgs({
  options: {
    items: { type: "string", default: "10000" },
    lines: { type: "string", default: "20000" },
    weeks: { type: "string", default: "10" },
    runs: { type: "string", default: "15" },
    seed: { type: "string", default: "1" },
  },
});
const runs = Number(values.runs);
const size = {
  items: Number(values.items),
  lines: Number(values.lines),
  weeks: Number(values.weeks),
  seed: Number(values.seed),
};

await using database = await createTestDatabase();
await using plant = await openTestPlant(database);
const stored = await storeFactory(database, size, "2026-12-21");

const full = [];
for (let run = 0; run < Math.max(3, Math.floor(runs / 5)); run += 1) full.push(await timed({}));
const net = [];
for (let run = 0; run < runs; run += 1) {
  await changeDemand(run);
  net.push(await timed({ mode: "net_change" }));
}
const wrong = [...full, ...net].find(({ plan }) => plan.state !== "done");
if (wrong !== undefined) throw new Error(`a plan ${wrong.plan.state}: ${wrong.plan.failure}`);
const fellBack = net.find(({ plan }) => plan.mode !== "net_change");
if (fellBack !== undefined) throw new Error(`planned anew: ${fellBack.plan.fallback}`);
console.log(
  JSON.stringify({
    items: size.items,
    demands: stored.demands,
    lines: stored.lines,
    orders: full[0]?.plan.summary["orders"],
    full_ms: percentiles(full.map(({ ms }) => ms)),
    full_cpu_ms: percentiles(full.map(({ cpuMs }) => cpuMs)),
    net_ms: percentiles(net.map(({ ms }) => ms)),
    net_cpu_ms: percentiles(net.map(({ cpuMs }) => cpuMs)),
    replanned_items: percentiles(net.map(({ plan }) => plan.summary["replannedItems"] ?? 0)),
    changed_orders: percentiles(net.map(({ plan }) => plan.summary["changedOrders"] ?? 0)),
    runs,
    server: database.kind,
  }),
);

async function timed(asked: object): Promise<{ plan: Plan; ms: number; cpuMs: number }> {
  const before = cpuMsNow(await pids());
  const started = performance.now();
  const plan = await runMrpNow(plant, asked);
  const ms = performance.now() - started;
  return { plan, ms, cpuMs: cpuMsSince(before, await pids()) };
}

async function pids(): Promise<number[]> {
  const backends = await plant.core.db.query(sql.raw<{ pid: number }>(backendsQuery));
  return [process.pid, ...backends.map(({ pid }) => pid)];
}

/** Doubles a demand, another one each time; with SQL, because it is not what is measured. */
async function changeDemand(run: number): Promise<void> {
  await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    await sql`
      update planning.demand set quantity = 2 * quantity
       where demand_id = (select demand_id from planning.demand order by demand_id offset ${run * 37} limit 1)`.execute(
      tx.over(),
    );
  });
}

function percentiles(numbers: readonly number[]) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN,
    );
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}
