import type { Item } from "@millwright/contracts/api";
import {
  balanceSorts,
  demandSorts,
  itemSorts,
  lotSorts,
  plannedOrderSorts,
  sortsOf,
  workOrderSorts,
} from "@millwright/contracts/states";
import { beforeAll, describe, expect, test } from "vitest";

import { plan } from "../../modules/planning/testing.fixture.ts";
import { makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();

type Row = Readonly<Record<string, string | number | null>>;
type Page = { rows: Row[]; nextCursor: string | null };

/** Every list that can be sorted, with what tells its rows apart and the fewest rows it must have here. */
const lists = [
  { path: "/api/items", id: ["itemId"], sorts: sortsOf(itemSorts) },
  { path: "/api/work-orders", id: ["workOrderId"], sorts: sortsOf(workOrderSorts) },
  {
    path: "/api/stock/balances",
    id: ["itemId", "locationId", "lotId"],
    sorts: sortsOf(balanceSorts),
  },
  { path: "/api/stock/lots", id: ["lotId"], sorts: sortsOf(lotSorts) },
  { path: "/api/planning/demands", id: ["demandId"], sorts: sortsOf(demandSorts) },
  {
    path: "/api/planning/plans/{planId}/orders",
    id: ["orderNumber"],
    sorts: sortsOf(plannedOrderSorts),
  },
];
let planId: string;

/** Ties, missing values, capitals, accents and numbers of several lengths, in every list. */
beforeAll(async () => {
  const names = ["äpfel", "Zange", "apple", "Apple", "zange", "Öse", "bolt", "bolt"];
  const warehouse = await makePlace(plant, "warehouse", "W", await makePlace(plant, "site", "S"));
  const supplier = await makePlace(plant, "supplier", "SUPPLIER");
  const bins = [
    await makePlace(plant, "bin", "B-2", warehouse),
    await makePlace(plant, "bin", "B-10", warehouse),
  ];
  const place = { areaName: "Line", name: "Saw" };
  const { workCenterId } = await plant.post<{ workCenterId: string }>("/api/work-centers", place);
  const step = { step: 10, name: "Saw", workCenterId, runMsPerUnit: 1000, setupMs: 0 };
  for (const [index, name] of names.entries()) {
    const { itemId } = await plant.post<Item>("/api/items", {
      number: `I-${index}`,
      name,
      kind: index < 5 ? "buy" : "make",
      uom: "pc",
      tracking: trackingOf(index),
      purchasePrice: index % 3 === 0 ? null : ["9.5", "10", "100"][index % 3],
      operations: index < 5 ? [] : [step],
    });
    await plant.post("/api/stock/items", { itemId, tracking: trackingOf(index), uomDecimals: 1 });
    const lot = (at: number) => ({
      lotNumber: `L${at}`,
      ...(index > 2 && { lotExpiresTime: `2027-0${1 + (index % 3)}-01T10:00:00.123Z` }),
    });
    const moves = bins.map((toLocationId, at) => ({
      moveId: crypto.randomUUID(),
      itemId,
      fromLocationId: supplier,
      toLocationId,
      quantity: ["2", "10", "2.5"][(index + at) % 3],
      reason: "receipt",
      movedTime: "2026-11-19T08:00:00.000Z",
      ...(trackingOf(index) === "lot" && lot(at)),
    }));
    await plant.post("/api/stock/moves", { moves });
    const dueDay = `2026-12-${10 + (index % 3)}`;
    const reference = index % 4 === 0 ? "" : name;
    const kind = index % 2 === 0 ? "forecast" : "sales_order";
    const quantity = String([90, 1000, 90][index % 3]);
    await plant.post("/api/planning/demands", { kind, itemId, quantity, dueDay, reference });
    const dueDate = index % 3 === 0 ? null : `2026-12-0${1 + (index % 3)}T06:00:00.000Z`;
    if (index >= 5) await plant.post("/api/work-orders", { itemId, quantity, dueDate });
  }
  ({ planId } = await plan(plant, "mrp-runs"));
});

describe.each(lists)("$path", ({ path, id, sorts }) => {
  const url = () => path.replace("{planId}", planId);
  const idOf = (row: Row) => id.map((name) => `${row[name]}`).join(" ");

  test("comes whole and in order, page by page, whatever it is sorted by", async () => {
    const all = await pagesOf(`${url()}?limit=3`);
    expect(all.length).toBeGreaterThan(2);
    for (const sort of sorts) {
      const rows = await pagesOf(`${url()}?limit=2&sort=${sort}`);
      expect(rows.map(idOf).sort(), sort).toEqual(all.map(idOf).sort());
      expectOrdered(rows, sort);
    }
  });

  test("is refused by a field it has not, and a cursor of another order", async () => {
    const unknown = await plant.call("GET", `${url()}?sort=secret`);
    expect(unknown).toMatchObject({ status: 400, body: { code: "request.not_valid" } });
    const [first = "", second = ""] = sorts;
    const { nextCursor } = await plant.get<Page>(`${url()}?limit=1&sort=${first}`);
    const strange = await plant.call("GET", `${url()}?sort=${second}&cursor=${nextCursor}`);
    expect(strange).toMatchObject({ status: 400, body: { code: "request.cursor_not_valid" } });
  });
});

test("a file has the order of the screen", async () => {
  const answer = await plant.app.api.request("/api/items/export?sort=-name", {
    headers: { authorization: `Bearer ${database.apiKey}` },
  });
  const lines = (await answer.text()).trim().split("\r\n").slice(1);
  const sorted = await pagesOf("/api/items?sort=-name");
  expect(lines.map((line) => line.split(",")[0])).toEqual(sorted.map(({ number }) => number));
});

function trackingOf(index: number): "lot" | "none" {
  return index % 2 === 0 ? "lot" : "none";
}

async function pagesOf(url: string): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 100; page += 1) {
    const next: string = cursor === null ? url : `${url}&cursor=${cursor}`;
    const read = await plant.get<Page>(next);
    rows.push(...read.rows);
    cursor = read.nextCursor;
    if (cursor === null) return rows;
  }
  throw new Error("the pages do not end");
}

/** In order, with the rows that have no such value last either way. */
function expectOrdered(rows: readonly Row[], sort: string): void {
  const isDown = sort.startsWith("-");
  const values = rows.map((row) => row[sort.replace("-", "")]);
  for (const [index, value] of values.slice(1).entries()) {
    const before = values[index];
    if (value === null) continue;
    expect(before, `${sort}: nothing before ${value}`).not.toBeNull();
    const step = compare(before, value);
    expect(isDown ? -step : step, `${sort}: ${before}, ${value}`).toBeLessThan(1);
  }
}

type Value = Row[string] | undefined;

function compare(a: Value, b: Value): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return new Intl.Collator("und").compare(`${a}`, `${b}`);
}
