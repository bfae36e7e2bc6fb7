import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";

import type { BomTreeRow } from "@millwright/contracts/api";
import pg from "pg";

import { createTestDatabase } from "../test/database.ts";
import { explode } from "../../core/src/modules/engineering/domain/explode.ts";
import { one } from "../../core/src/modules/engineering/domain/fraction.ts";
import { rollUp } from "../../core/src/modules/engineering/domain/roll-up.ts";
import { buildStructure } from "../../core/src/modules/engineering/domain/structure.ts";
import { openTestPlant } from "../../core/src/testing/plant.ts";

/**
 * bench:bom: explosion and cost roll-up of a company's whole structure, and the overview of one large
 * product. `explode_ms` and `rollup_ms` are the calculations over lines in memory; `rollup_stored_ms` is
 * the use case: lines and items read from PostgreSQL, rolled up, every cost written. `overview_ms` is
 * GET …/bom-tree through the whole stack, answer parsed. Medians of `--runs`.
 */
const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "500000" },
    overview: { type: "string", default: "2000" },
    runs: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
  },
});
const runs = Number(values.runs);
const levelCount = 6;
const random = generator(Number(values.seed));

await using database = await createTestDatabase();
await using plant = await openTestPlant(database);
const owner = new pg.Client({ connectionString: database.home.owner });
// The database goes first when a run fails.
owner.on("error", () => undefined);
await owner.connect();
await owner.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);

const company = layOutCompany(Number(values.lines), Number(values.overview));
const storing = performance.now();
await store(company);
const storedMs = performance.now() - storing;

const tops = company.tops.map((component) => ({ product: company.rootId, component, per: one }));
const built = await median(() => buildStructure([...company.lines, ...tops]));
const structure = buildStructure([...company.lines, ...tops]);
const exploded = await median(() => explode(structure, company.rootId, one));
const own = {
  price: structure.items.map((_, index) => BigInt(1_000_000 * (1 + (index % 97)))),
  work: structure.items.map(() => 0n),
  byProductShare: structure.items.map(() => 0n),
};
const rolled = await median(() => rollUp(structure, own));
const stored = await median(() => plant.post("/api/cost-roll-ups", {}));
const overview = await median(async () => {
  const path = `/api/items/${company.overviewId}/bom-tree`;
  const { rows } = await plant.get<{ rows: BomTreeRow[] }>(path);
  if (rows.length !== Number(values.overview) + 1) throw new Error(`${rows.length} rows`);
});
await owner.end();
console.log(
  JSON.stringify({
    explode_ms: exploded,
    rollup_ms: rolled,
    overview_ms: overview,
    build_ms: built,
    rollup_stored_ms: stored,
    lines: company.lines.length,
    items: company.itemIds.length,
    overview_lines: Number(values.overview),
    load_s: Math.round(storedMs / 1000),
    server: database.kind,
  }),
);

type Company = {
  itemIds: string[];
  kinds: string[];
  lines: { product: string; component: string; per: { over: bigint; under: bigint } }[];
  tops: readonly string[];
  /** Stands above every top product, in memory only: one explosion then reaches all. */
  rootId: string;
  overviewId: string;
};

/**
 * Six levels, each item made of about 25 of the level below with quantities of up to two decimals; the
 * bottom third is bought. The overview product has its own tree, without common parts.
 */
function layOutCompany(lineCount: number, overviewLines: number): Company {
  const perItem = 25;
  const madeCount = Math.ceil(lineCount / perItem);
  const itemIds: string[] = [];
  const kinds: string[] = [];
  const add = (kind: string) => {
    itemIds.push(randomUUID());
    kinds.push(kind);
    return itemIds.at(-1) ?? "";
  };
  const levels: string[][] = Array.from({ length: levelCount }, () => []);
  for (let index = 0; index < madeCount; index += 1)
    levels[index % (levelCount - 1)]?.push(add("make"));
  for (let index = 0; index < madeCount; index += 1) levels[levelCount - 1]?.push(add("buy"));
  const lines: Company["lines"] = [];
  for (const [level, products] of levels.entries()) {
    const below = levels[level + 1];
    if (below === undefined) continue;
    for (const product of products) {
      const parts = new Set<string>();
      while (parts.size < Math.min(perItem, below.length))
        parts.add(below[random(below.length)] ?? "");
      for (const component of parts) {
        lines.push({ product, component, per: { over: BigInt(1 + random(400)), under: 100n } });
      }
    }
  }
  const overviewId = addOverview(overviewLines);
  const rootId = randomUUID();
  return { itemIds, kinds, lines, tops: levels[0] ?? [], rootId, overviewId };

  function addOverview(count: number): string {
    const root = add("make");
    const open = [root];
    for (let made = 0; made < count;) {
      const product = open.shift() ?? root;
      for (let part = 0; part < 12 && made < count; part += 1) {
        made += 1;
        const isAssembly = part < 4 && made < count - 60;
        const component = add(isAssembly ? "make" : "buy");
        if (isAssembly) open.push(component);
        lines.push({ product, component, per: { over: BigInt(1 + random(4)), under: 1n } });
      }
    }
    return root;
  }
}

/** Straight into the tables: loading is not what is measured. */
async function store({ itemIds, kinds, lines }: Company): Promise<void> {
  const { tenantId } = database;
  await owner.query(
    `insert into engineering.item (item_id, tenant_id, number, name, kind, uom, purchase_price)
     select id, $1, 'B-' || n, 'Bench item ' || n, kind, 'pc', case kind when 'buy' then 1 + n % 97 end
       from unnest($2::uuid[], $3::text[]) with ordinality as listed (id, kind, n)`,
    [tenantId, itemIds, kinds],
  );
  const byProduct = Map.groupBy(lines, ({ product }) => product);
  const products = [...byProduct.keys()];
  const boms = products.map(() => randomUUID());
  const bomOf = new Map(products.map((product, index) => [product, boms[index] ?? ""]));
  await owner.query(
    `insert into engineering.bom (tenant_id, bom_id, item_id, revision, state, quantity, valid_from)
     select $1, bom, item, 'A', 'approved', 1, date '2020-01-01'
       from unnest($2::uuid[], $3::uuid[]) as listed (bom, item)`,
    [tenantId, boms, products],
  );
  const positions = [...byProduct.values()].flatMap((group) => group.map((_, index) => index + 1));
  const ordered = [...byProduct.values()].flat();
  for (let start = 0; start < ordered.length; start += 50_000) {
    const part = ordered.slice(start, start + 50_000);
    await owner.query(
      `insert into engineering.bom_line (tenant_id, bom_id, position, item_id, quantity, uom, per_over, per_under)
       select $1, bom, position, item, per_over / per_under, 'pc', per_over, per_under
         from unnest($2::uuid[], $3::integer[], $4::uuid[], $5::numeric[], $6::numeric[])
           as listed (bom, position, item, per_over, per_under)`,
      [
        tenantId,
        part.map(({ product }) => bomOf.get(product)),
        positions.slice(start, start + 50_000),
        part.map(({ component }) => component),
        part.map(({ per }) => String(per.over)),
        part.map(({ per }) => String(per.under)),
      ],
    );
  }
  await owner.query("analyze engineering.item, engineering.bom, engineering.bom_line");
}

async function median(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const started = performance.now();
    await work();
    // The first compiles what is hot.
    if (run > 0) times.push(performance.now() - started);
  }
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return Math.round(middle * 10) / 10;
}

/** Same seed, same company (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
