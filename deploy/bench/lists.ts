import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";

import type { StoredItem } from "@millwright/contracts/api";
import pg from "pg";

import { openTestPlant } from "../../core/src/testing/plant.ts";
import { createTestDatabase } from "../test/database.ts";

/**
 * bench:lists: a list of 100,000 items filtered, sorted and paged through the API, and a bulk update of
 * it. `page_ms` is a search in number and name with a kind, 50 rows by price from the dearest on; `next_ms` the page after it; `deep_ms` the page in the middle of
 * the unfiltered list; `update_ms` new prices for all bought items. Reference figures of a published
 * ERP's grid: 842 ms and 1,120 ms. Medians of `--runs`.
 */
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    runs: { type: "string", default: "7" },
  },
});
const rowCount = Number(values.rows);
const runs = Number(values.runs);

await using database = await createTestDatabase();
await using plant = await openTestPlant(database);
await store();

type Page = { rows: StoredItem[]; nextCursor: string | null };
const middle = cursorAfter(`IT-${String(Math.floor(rowCount / 2)).padStart(7, "0")}`);
const filtered = "/api/items?search=valve&kind=buy&sort=-purchasePrice&limit=50";
const page = await median(async () => {
  const { rows } = await plant.get<Page>(filtered);
  if (rows.length !== 50) throw new Error(`a page of ${rows.length}`);
});
const { nextCursor } = await plant.get<Page>(filtered);
const next = await median(() => plant.get<Page>(`${filtered}&cursor=${nextCursor}`));
const deep = await median(() => plant.get<Page>(`/api/items?limit=50&cursor=${middle}`));
const update = await median(async () => {
  const { changed } = await plant.post<{ changed: number }>("/api/items/price-change", {
    factor: "1.01",
  });
  if (changed < rowCount / 2) throw new Error(`only ${changed} changed`);
});
console.log(
  JSON.stringify({
    page_ms: page,
    next_ms: next,
    deep_ms: deep,
    update_ms: update,
    rows: rowCount,
    runs,
    server: database.kind,
  }),
);

async function store(): Promise<void> {
  const owner = new pg.Client({ connectionString: database.home.owner });
  await owner.connect();
  try {
    await owner.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);
    const names = ["valve", "bracket", "bearing", "screw", "seal", "shaft", "sensor", "hose"];
    await owner.query(
      `insert into engineering.item (item_id, tenant_id, number, name, kind, uom, purchase_price)
       select ids.id, $1, 'IT-' || lpad(n::text, 7, '0'), 'Part ' || n || ' ' || ($3::text[])[1 + n % 8],
              case when n % 4 = 3 then 'make' else 'buy' end, 'pc',
              case when n % 4 = 3 then null else 1 + n % 997 end
         from unnest($2::uuid[]) with ordinality as ids (id, n)`,
      [database.tenantId, Array.from({ length: rowCount }, () => randomUUID()), names],
    );
    await owner.query("analyze engineering.item");
  } finally {
    await owner.end();
  }
}

/** What the API gives out as a cursor. */
function cursorAfter(number: string): string {
  return Buffer.from(JSON.stringify([number])).toString("base64url");
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const started = performance.now();
    await work();
    // The first fills caches and compiles what is hot.
    if (run > 0) times.push(performance.now() - started);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) * 10) / 10;
}
