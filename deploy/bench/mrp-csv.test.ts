import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { readMrpFolder } from "./mrp-csv.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mrp-csv-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write({ items = ["a,buy,3"], demand = ["a,5,2"] }): void {
  const rule = items.map((row) => `${row},0,lot_for_lot`);
  writeTable("items.csv", ["item_id,type,lead_time_days,safety_stock,lot_rule", ...rule]);
  writeTable("bom.csv", ["parent_id,component_id,qty_per,scrap_pct"]);
  writeTable("stock.csv", ["item_id,on_hand"]);
  writeTable("demand.csv", ["item_id,due_day,quantity", ...demand]);
}

function writeTable(name: string, lines: string[]): void {
  writeFileSync(join(folder, name), [...lines, ""].join("\n"));
}

test("reads what it is given", () => {
  write({});
  const { input, itemIds } = readMrpFolder(folder);
  expect(itemIds).toEqual(["a"]);
  expect([...input.demands.day]).toEqual([5]);
});

test("an item that is there twice, or a day that is none, is named by its line", () => {
  write({ items: ["a,buy,3", "b,buy,1", "a,make,9"] });
  expect(() => readMrpFolder(folder)).toThrow('items.csv, line 4: item_id "a" again');
  write({ demand: ["a,5,2", `a,${2 ** 32 + 5},2`] });
  expect(() => readMrpFolder(folder)).toThrow(
    'demand.csv, line 3: cannot read due_day "4294967301"',
  );
});
