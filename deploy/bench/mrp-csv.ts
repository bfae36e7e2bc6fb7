import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";

import {
  allocateInput,
  type Factor,
  type MrpInput,
  neverExpires,
  supplyKinds,
} from "../../core/src/modules/planning/engine/mrp/input.ts";
import type { MrpPlan } from "../../core/src/modules/planning/engine/mrp/plan.ts";
import { ordersOf } from "../../core/src/modules/planning/engine/mrp/planned-orders.ts";
import {
  decimalFromScaled,
  lineFactor,
  scaledFromDecimal,
} from "../../core/src/modules/planning/engine/mrp/quantity.ts";

/** Day 0 of the format. */
const planStart = Date.UTC(2027, 0, 4);
const dayMs = 86_400_000;
/** Quantities of the format have at most two decimals. */
const decimals = 2;

/** An MRP input and the ids of its points, row by row. */
export type NamedInput = { input: MrpInput; itemIds: string[] };

/**
 * Reads `items.csv bom.csv stock.csv demand.csv`. Stock of all locations of an item is one: the
 * demands of the format name none.
 * @throws Error naming file, line and value that cannot be read
 */
export function readMrpFolder(folder: string): NamedInput {
  const items = readTable(join(folder, "items.csv"));
  const bom = readTable(join(folder, "bom.csv"));
  const stock = readTable(join(folder, "stock.csv"));
  const demand = readTable(join(folder, "demand.csv"));
  const input = allocateInput({
    decimals,
    points: items.rows.length,
    lines: bom.rows.length,
    demands: demand.rows.length,
    onHand: stock.rows.length,
    receipts: 0,
  });
  const itemIds = items.column("item_id");
  const pointOf = new Map<string, number>();
  for (const [point, id] of itemIds.entries()) {
    if (pointOf.has(id)) throw new Error(`${items.file}, line ${point + 2}: item_id "${id}" again`);
    pointOf.set(id, point);
  }
  const points = (table: Table, name: string, into: Int32Array) => {
    table.fill(name, into, (id) => pointOf.get(id));
  };

  items.fill("type", input.points.kind, (kind) => {
    const row = supplyKinds.findIndex((known) => known === kind);
    return row === -1 ? undefined : row;
  });
  items.fill("lead_time_days", input.points.leadDays, wholeNumber);
  items.fill("safety_stock", input.points.safetyStock, quantity);
  // Rules with parameters have no columns in this format.
  items.fill("lot_rule", input.points.lotRule, (rule) => (rule === "lot_for_lot" ? 0 : undefined));
  points(bom, "parent_id", input.lines.parent);
  points(bom, "component_id", input.lines.component);
  points(stock, "item_id", input.onHand.point);
  stock.fill("on_hand", input.onHand.quantity, quantity);
  points(demand, "item_id", input.demands.point);
  demand.fill("quantity", input.demands.quantity, quantity);
  demand.fill("due_day", input.demands.day, wholeNumber);
  return { input: { ...input, factors: readFactors(bom, input) }, itemIds };
}

/** Writes planned orders (item_id,due_date,start_date,qty,kind), sorted by item, due and start date. */
export async function writePlannedOrders(
  file: string,
  plan: MrpPlan,
  itemIds: readonly string[],
): Promise<void> {
  const { input } = plan;
  const out = createWriteStream(file);
  const sorted = itemIds.map((id, point) => ({ id, point })).sort((a, b) => (a.id < b.id ? -1 : 1));
  const dates = new Map<number, string>();
  let chunk = "item_id,due_date,start_date,qty,kind\n";
  for (const { id, point } of sorted) {
    const kind = supplyKinds[input.points.kind[point] ?? 0];
    if (kind === "phantom") continue;
    for (const { start, due, quantity } of ordersOf(plan, point)) {
      const qty = decimalFromScaled(quantity, input.decimals);
      chunk += `${id},${isoDate(due)},${isoDate(start)},${qty},${kind}\n`;
    }
    if (chunk.length > 1_000_000) {
      if (!out.write(chunk)) await once(out, "drain");
      chunk = "";
    }
  }
  out.end(chunk);
  await once(out, "finish");

  function isoDate(day: number): string {
    const known = dates.get(day);
    if (known !== undefined) return known;
    const date = new Date(planStart + day * dayMs).toISOString().slice(0, 10);
    dates.set(day, date);
    return date;
  }
}

type Table = ReturnType<typeof readTable>;

function readTable(file: string) {
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  const lines = readFileSync(file, "utf8").split("\n");
  const names = cells(lines[0] ?? "");
  const rows = lines.slice(1).filter((line) => line !== "" && line !== "\r");
  const parsed = rows.map(cells);
  return { file, rows, column, fill };

  function column(name: string): string[] {
    const index = names.indexOf(name);
    if (index === -1) throw new Error(`${file} has no column ${name}`);
    return parsed.map((row) => row[index] ?? "");
  }

  function fill(
    name: string,
    into: Uint8Array | Int32Array | Float64Array,
    read: (text: string) => number | null | undefined,
  ): void {
    for (const [row, text] of column(name).entries()) {
      const value = read(text);
      if (value === null || value === undefined) {
        throw new Error(`${file}, line ${row + 2}: cannot read ${name} "${text}"`);
      }
      into[row] = value;
    }
  }
}

function cells(line: string): string[] {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (!text.includes('"')) return text.split(",");
  const found = text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(found, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}

/** Few pairs of quantity and scrap occur, so each factor is worked out once. */
function readFactors(bom: Table, { lines }: MrpInput): Factor[] {
  const rows = new Map<string, number>();
  const factors: Factor[] = [];
  const scraps = bom.column("scrap_pct");
  for (const [line, quantityPer] of bom.column("qty_per").entries()) {
    const scrapPercent = scraps[line] ?? "0";
    const key = `${quantityPer} ${scrapPercent}`;
    let row = rows.get(key);
    if (row === undefined) {
      const factor = lineFactor({ quantityPer, scrapPercent, yieldPercent: "100" });
      if (factor === null) throw new Error(`bom.csv, line ${line + 2}: cannot read "${key}"`);
      row = factors.push(factor) - 1;
      rows.set(key, row);
    }
    lines.factor[line] = row;
  }
  return factors;
}

function quantity(text: string): number | null {
  return scaledFromDecimal(text, decimals);
}

/** Days lie in columns of 32 bits, where a larger number would be another day. */
function wholeNumber(text: string): number | null {
  const number = scaledFromDecimal(text, 0);
  return number === null || Math.abs(number) >= neverExpires ? null : number;
}
