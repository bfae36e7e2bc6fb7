import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";

import type { MoveToPost } from "@millwright/contracts/api";
import { tenantIdSchema, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";
import pg from "pg";

import { engineering } from "../../core/src/modules/engineering/index.ts";
import { inventory, verifyStock } from "../../core/src/modules/inventory/index.ts";
import { Database } from "../../core/src/platform/db/database.ts";
import { createTestDatabase } from "../test/database.ts";
import { insertPlain, makePlainTable } from "./stock-plain.ts";

/**
 * bench:stock: stock moves/s of concurrent writers on hot items, with balances, the no-negative rule
 * and the event, beside plain inserts of the same rows: same table shape and indexes, same writers and
 * transactions, same run. Prints `{moves_s, insert_rows_s, ratio, deadlocks, …}`: medians of `--runs`
 * alternating runs, since the machine is noisy. `deadlocks` are those that reached a caller;
 * `deadlocks_server` those the server broke and we retried. Fails when the books do not hold at the end.
 */
const { values } = parseArgs({
  options: {
    writers: { type: "string", default: "50" },
    items: { type: "string", default: "1000" },
    lines: { type: "string", default: "20" },
    seconds: { type: "string", default: "5" },
    runs: { type: "string", default: "3" },
  },
});
const writers = Number(values.writers);
const linesPerPosting = Number(values.lines);
const runMs = Number(values.seconds) * 1000;
const binCount = 20;
const actor = { kind: "system", id: "bench" } as const;

await using database = await createTestDatabase();
const tenantId = tenantIdSchema.parse(database.tenantId);
await using db = new Database(database.urls.core, {
  poolMax: writers,
  onError: (error) => console.error(error),
});
const deps = { engineering, newId: randomUUID };
const by = { actor, now: new Date() };
const itemIds = await makeItems(Number(values.items));
const places = await makePlaces();
await makePlainTable(database.urls.owner);
await fillBins();
// The server would do so within a minute; a run is shorter than that.
await asOwner("vacuum analyze");

let deadlocks = 0;
const posted: number[] = [];
const inserted: number[] = [];
// Every connection reads the catalogue once, and the engine compiles what is hot.
await rowsPerSecond((moves) => insertPlain(db, tenantId, moves));
await rowsPerSecond(post);
for (let run = 0; run < Number(values.runs); run += 1) {
  inserted.push(await rowsPerSecond((moves) => insertPlain(db, tenantId, moves)));
  posted.push(await rowsPerSecond(post));
  console.error(`run ${run + 1}: insert ${inserted.at(-1)} rows/s, post ${posted.at(-1)} moves/s`);
}
const findings = await db.inTenant(tenantId, verifyStock);
const ratios = posted.map((value, run) => value / (inserted[run] ?? Number.NaN));
console.log(
  JSON.stringify({
    moves_s: median(posted),
    insert_rows_s: median(inserted),
    ratio: Number(median(ratios).toFixed(3)),
    deadlocks,
    deadlocks_server: await serverDeadlocks(),
    findings: findings.length,
    writers,
    items: itemIds.length,
    lines: linesPerPosting,
    runs: ratios.length,
    server: database.kind,
  }),
);
if (findings.length > 0 || deadlocks > 0) process.exitCode = 1;

async function rowsPerSecond(write: (moves: MoveToPost[]) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  const end = started + runMs;
  let rows = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() < end) {
        const moves = Array.from({ length: linesPerPosting }, randomMove);
        await write(moves);
        rows += moves.length;
      }
    }),
  );
  return Math.round((rows / (performance.now() - started)) * 1000);
}

async function post(moves: MoveToPost[]): Promise<void> {
  try {
    await db.inTenant(tenantId, (tx) => inventory.postMoves(tx, deps, moves, by));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code } = error as { code?: unknown };
    // What is left of a deadlock that lost five times, or one that nobody caught.
    if (code !== "concurrent_change" && code !== "40P01") throw error;
    deadlocks += 1;
  }
}

/** Half receipts, a quarter put-aways, a quarter issues: every move meets the rule in one of 20 bins. */
function randomMove(): MoveToPost {
  const [bin, other] = [pick(places.bins), pick(places.bins)];
  const kind = Math.random();
  const aside = other === bin ? places.production : other;
  const [from, to] =
    kind < 0.5 ? [places.supplier, bin] : kind < 0.75 ? [bin, aside] : [bin, places.production];
  return moveOf(pick(itemIds), from, to, 1 + Math.floor(Math.random() * 5));
}

function moveOf(itemId: string, from: string, to: string, quantity: number): MoveToPost {
  return {
    moveId: randomUUID(),
    itemId,
    quantity: toQuantity(quantity),
    fromLocationId: from,
    toLocationId: to,
    lotNumber: null,
    lotExpiresTime: null,
    lotStatus: "released",
    reservationId: null,
    reason: "bench",
    reference: null,
  };
}

async function makeItems(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await db.inTenant(tenantId, async (tx) => {
    await sql`
      insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
      select id, ${tenantId}, 'IT-' || id, 'Bench item', 'buy', 'pc'
        from unnest(${ids}::uuid[]) as id`.execute(tx.over());
  });
  return ids;
}

async function makePlaces() {
  return db.inTenant(tenantId, async (tx) => {
    const make = async (
      kind: "site" | "warehouse" | "bin" | "supplier" | "production",
      code: string,
      parentId: string | null,
    ) => {
      const location = { kind, code, name: code, parentId };
      return (await inventory.createLocation(tx, deps, location)).locationId;
    };
    const warehouseId = await make("warehouse", "W", await make("site", "S", null));
    const bins: string[] = [];
    for (let bin = 0; bin < binCount; bin += 1) {
      bins.push(await make("bin", `B-${bin}`, warehouseId));
    }
    const supplier = await make("supplier", "SUPPLIER", null);
    return { bins, supplier, production: await make("production", "PRODUCTION", null) };
  });
}

/** Enough in every place that no posting of the run is refused: refusals would look like speed. */
async function fillBins(): Promise<void> {
  for (const place of [...places.bins, places.production]) {
    for (let start = 0; start < itemIds.length; start += 1000) {
      const moves = itemIds
        .slice(start, start + 1000)
        .map((itemId) => moveOf(itemId, places.supplier, place, 1_000_000));
      await db.inTenant(tenantId, (tx) => inventory.postMoves(tx, deps, moves, by));
    }
  }
}

async function serverDeadlocks(): Promise<number> {
  const [row] = await asOwner(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  return Number(row?.["deadlocks"]);
}

async function asOwner(statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.urls.owner });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function pick(from: readonly string[]): string {
  return from[Math.floor(Math.random() * from.length)] ?? "";
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
