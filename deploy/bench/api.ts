import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { tenantIdSchema } from "@millwright/contracts/units";
import pg from "pg";

import { seedApiKey } from "../../core/src/modules/identity/index.ts";
import { Database } from "../../core/src/platform/db/database.ts";
import { kindFromEnvironment } from "../database/server.ts";
import { createTestDatabase } from "../test/database.ts";
import { freePort, PlantProcess } from "../test/plant.ts";
import { announce, startTestServer } from "../test/server.ts";
import type { Load, LoadResult } from "./api-load.ts";
import { backendsQuery, cpuMsNow, cpuMsSince } from "./cpu.ts";

/**
 * bench:api: requests/s and latency of one api process: 70 % GET one work order, 20 % pages of 50,
 * 10 % commands (hold, resume) with an Idempotency-Key, by 50 programs with a key each, on 10,000
 * orders of three operations. Everything is on: sign-in, rights, row security, validation, events,
 * durable commits. Before it, in the same run, a bare server that answers GET one order from one
 * select (`api-ceiling.ts`): as `ceiling_…`, with the same GETs asked of ours as `get_…`. PostgreSQL,
 * the api and the load share this machine's cores: `cpu_us` is what a request costs the api process
 * and PostgreSQL, of the mix and of each kind alone, and says more than a rate on a busy machine.
 * The last line is the JSON.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    connections: { type: "string", default: "50" },
    orders: { type: "string", default: "10000" },
    profile: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const ownOrders = 4;
// For the warm-up, the mix and the commands alone.
const ownSets = 3;

const { server } = await startTestServer(kindFromEnvironment(), { isDurable: true });
announce(kindFromEnvironment() ?? "timescale", server);
await using database = await createTestDatabase({ isolation: "shared" });
const keys = await makeKeys();
const [port, ceilingPort] = [await freePort(), await freePort()];
const url = `http://127.0.0.1:${port}`;
const profile = values.profile ? ["--cpu-prof", "--cpu-prof-dir=/tmp"] : [];
await using core = new PlantProcess("core", [...profile, "core/src/main.ts"], {
  DATABASE_URL: database.urls.core,
  PORT: String(port),
  SIGNING_KEYS: "a signing key of the bench: 32 characters or more",
  LOG_LEVEL: "warn",
});
await core.start();
const orderIds = await makeOrders();
const ownIds = await makeOwnOrders();
await asOwner("vacuum analyze");

const load: Load = {
  url,
  seconds,
  connections,
  keys,
  orderIds,
  ownIds: ownOf(0),
  asks: "mix",
};
const ceiling = await measureCeiling();
// Each run of commands has orders of its own: one stops where the next would not begin.
await measure({ ...load, seconds: 3, ownIds: ownOf(1) });
const short = Math.min(seconds, 10);
const get = await measureWithCpu({ ...load, asks: "get", seconds: short });
const page = await measureWithCpu({ ...load, asks: "page", seconds: short });
const mixed = await measureWithCpu(load);
const command = await measureWithCpu({
  ...load,
  asks: "command",
  seconds: short,
  ownIds: ownOf(2),
});
if (core.output !== "") console.error(core.output.slice(-2000));
console.error(
  `ceiling ${ceiling.requests_s}/s, GET ${get.requests_s}/s, mix ${mixed.requests_s}/s`,
);
console.log(
  JSON.stringify({
    requests_s: mixed.requests_s,
    p50_ms: mixed.p50_ms,
    p99_ms: mixed.p99_ms,
    errors: mixed.errors,
    requests: mixed.requests,
    commands: mixed.commands,
    connections,
    seconds,
    ceiling_requests_s: ceiling.requests_s,
    ceiling_p99_ms: ceiling.p99_ms,
    get_requests_s: get.requests_s,
    get_p99_ms: get.p99_ms,
    cpu_us: { mix: mixed.cpuUs, get: get.cpuUs, page: page.cpuUs, command: command.cpuUs },
    ratio: Number((mixed.requests_s / ceiling.requests_s).toFixed(3)),
    server: database.kind,
  }),
);
if (mixed.errors > 0) process.exitCode = 1;

async function measureCeiling(): Promise<LoadResult> {
  await using bare = new PlantProcess("ceiling", ["deploy/bench/api-ceiling.ts"], {
    DATABASE_URL: database.urls.owner,
    PORT: String(ceilingPort),
  });
  await bare.start();
  const asked = { ...load, url: `http://127.0.0.1:${ceilingPort}`, asks: "get" as const };
  await measure({ ...asked, seconds: 2 });
  const result = await measure({ ...asked, seconds: Math.min(seconds, 10) });
  if (bare.output !== "") console.error(bare.output.slice(-2000));
  return result;
}

/** The orders of every connection for one of the runs that command. */
function ownOf(set: number): string[][] {
  return ownIds.map((ids) => ids.slice(set * ownOrders, (set + 1) * ownOrders));
}

type CpuUs = { api: number; postgresql: number };

/** Load, and what each request cost the api process and the backends of its database, in microseconds. */
async function measureWithCpu(asked: Load): Promise<LoadResult & { cpuUs: CpuUs }> {
  const before = { api: cpuMsNow([core.pid]), postgresql: cpuMsNow(await backends()) };
  const result = await measure(asked);
  const perRequest = (ms: number) => Math.round((ms * 1000) / result.requests);
  const cpuUs = {
    api: perRequest(cpuMsSince(before.api, [core.pid])),
    postgresql: perRequest(cpuMsSince(before.postgresql, await backends())),
  };
  console.error(asked.asks, JSON.stringify(cpuUs));
  return { ...result, cpuUs };
}

async function backends(): Promise<number[]> {
  return (await asOwner(backendsQuery)).map((row) => Number(row["pid"]));
}

/** Each run is a process of its own: what it costs is not taken from whom it measures. */
async function measure(asked: Load): Promise<LoadResult> {
  const child = fork(join(import.meta.dirname, "api-load.ts"));
  child.send(asked);
  const signal = AbortSignal.timeout((asked.seconds + 60) * 1000);
  const [result] = (await once(child, "message", { signal })) as [LoadResult];
  console.error(asked.url, JSON.stringify(result));
  return result;
}

async function makeKeys(): Promise<string[]> {
  await using db = new Database(database.urls.core, { poolMax: 1, onError: console.error });
  return db.inTenant(tenantIdSchema.parse(database.tenantId), async (tx) => {
    const made: string[] = [];
    for (let number = 0; number < connections; number += 1) {
      const asked = { name: `bench ${number}`, roles: ["administrator"] };
      made.push(await seedApiKey(tx, asked, new Date()));
    }
    return made;
  });
}

/** Orders that are only read, straight into the projection, and a copy for the ceiling. */
async function makeOrders(): Promise<string[]> {
  await asOwner(
    `insert into production.work_order
       (work_order_id, tenant_id, number, item_id, item_number, item_name, uom, quantity, state, version,
        current_step, current_operation_name)
     select gen_random_uuid(), $1, 'B-' || n, gen_random_uuid(), 'ITEM-' || n % 500, 'Bracket', 'pc',
            100, 'released', 3, 10, 'Operation'
       from generate_series(1, $2::integer) n`,
    [database.tenantId, Number(values.orders)],
  );
  await asOwner(
    `insert into production.work_order_operation
       (work_order_id, step, tenant_id, name, work_center_id, state, run_ms_per_unit, setup_ms)
     select work_order_id, step * 10, tenant_id, 'Operation', gen_random_uuid(),
            case step when 1 then 'ready' else 'waiting' end, 1000, 0
       from production.work_order, generate_series(1, 3) step`,
  );
  await asOwner("create table public.bench_order as table production.work_order");
  await asOwner("alter table public.bench_order add primary key (work_order_id)");
  const rows = await asOwner("select work_order_id from public.bench_order");
  return rows.map((row) => String(row["work_order_id"]));
}

/** Released orders that a connection has for itself, made through the API, since commands need history. */
async function makeOwnOrders(): Promise<string[][]> {
  const center = await post("/api/work-centers", { areaName: "Bench", name: "Saw" });
  const item = await post("/api/items", {
    number: "BENCH",
    name: "Bracket",
    kind: "make",
    uom: "pc",
    operations: [10, 20, 30].map((step) => ({
      step,
      name: `Step ${step}`,
      workCenterId: center["workCenterId"],
      runMsPerUnit: 1000,
      setupMs: 0,
    })),
  });
  return Promise.all(
    keys.map(async (key) => {
      const ids: string[] = [];
      for (let number = 0; number < ownSets * ownOrders; number += 1) {
        const asked = { itemId: item["itemId"], quantity: "100" };
        const order = await post("/api/work-orders", asked, key);
        const id = String(order["workOrderId"]);
        await post(`/api/work-orders/${id}/firm`, {}, key);
        await post(`/api/work-orders/${id}/release`, {}, key);
        ids.push(id);
      }
      return ids;
    }),
  );
}

async function post(path: string, body: unknown, key = keys[0]): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** The owner is fenced too: it says whose rows it means. */
async function asOwner(
  statement: string,
  parameters: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  await using client = await connect(database.urls.owner);
  await client.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);
  return (await client.query<Record<string, unknown>>(statement, parameters)).rows;
}

async function connect(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}
