import type { Bom, BomTreeRow, StoredItem } from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";

const { plant } = await plantOfFile();
let workCenterId: string;

beforeAll(async () => {
  const body = { areaName: "Cutting", name: "Saw" };
  ({ workCenterId } = await plant.post<{ workCenterId: string }>("/api/work-centers", body));
});

let count = 0;

/** An item of a name of its own per call; prices and kinds as asked. */
async function item(name: string, asked: Partial<StoredItem> = {}): Promise<StoredItem> {
  count += 1;
  const number = `${name}-${count}`;
  const kind = asked.purchasePrice === undefined ? "make" : "buy";
  return plant.post("/api/items", { number, name, kind, uom: "pc", operations: [], ...asked });
}

const bought = (price: string, uom = "pc") => ({ purchasePrice: price as never, uom });

type Line = { item: StoredItem; quantity: string } & Record<string, unknown>;

function bomOf(revision: string, lines: readonly Line[], more: object = {}) {
  return {
    revision,
    lines: lines.map(({ item: component, ...line }, index) => ({
      position: (index + 1) * 10,
      itemId: component.itemId,
      uom: component.uom,
      ...line,
    })),
    ...more,
  };
}

async function draft(product: StoredItem, revision: string, lines: readonly Line[], more = {}) {
  return plant.post<Bom>(`/api/items/${product.itemId}/boms`, bomOf(revision, lines, more));
}

async function effective(product: StoredItem, lines: readonly Line[], from = "2026-01-01") {
  const bom = await draft(product, `A${from}`, lines);
  return plant.post<Bom>(`/api/boms/${bom.bomId}/approve`, { from });
}

async function tree(product: StoredItem, query = "") {
  return plant.get<{ rows: BomTreeRow[]; unpriced: unknown[]; isCut: boolean }>(
    `/api/items/${product.itemId}/bom-tree?quantity=10${query}`,
  );
}

test("a tree shows quantities, costs and what is missing, level by level", async () => {
  const screw = await item("Screw", bought("0.02"));
  const bar = await item("Bar", bought("3.50", "m"));
  const leg = await item("Leg");
  const table = await item("Table");
  await effective(leg, [{ item: bar, quantity: "700", uom: "mm", scrapPercent: "10" }]);
  await effective(table, [
    { item: leg, quantity: "4" },
    { item: screw, quantity: "12" },
  ]);
  const { rows, unpriced } = await tree(table);
  expect(rows.map(({ level, itemId, quantity }) => [level, itemId, quantity])).toEqual([
    [0, table.itemId, "10"],
    [1, leg.itemId, "40"],
    // 0.7 m × 1.1 for each of 40 legs.
    [2, bar.itemId, "30.8"],
    [1, screw.itemId, "120"],
  ]);
  // 4 × 0.77 m × 3.50 + 12 × 0.02
  expect(rows[0]).toMatchObject({ unitCost: "11.02", cost: "110.2", available: "0" });
  expect(unpriced).toEqual([]);
  const top = await item("Top");
  const revised = await draft(table, "B", [
    { item: leg, quantity: "4" },
    { item: top, quantity: "1" },
  ]);
  const preview = await tree(table, `&bomId=${revised.bomId}`);
  expect(preview.rows[0]).toMatchObject({ unitCost: null, cost: null });
  expect(preview.unpriced).toMatchObject([{ itemId: top.itemId }]);
});

test("a cycle is refused and named, also one that two drafts close together", async () => {
  const [frame, door, hinge] = [await item("Frame"), await item("Door"), await item("Hinge")];
  await draft(frame, "A", [{ item: door, quantity: "1" }]);
  await draft(door, "A", [{ item: hinge, quantity: "2" }]);
  const path = `/api/items/${hinge.itemId}/boms`;
  const answer = await plant.call("POST", path, bomOf("A", [{ item: frame, quantity: "1" }]));
  expect(answer).toMatchObject({ status: 400, body: { code: "bom.cycle" } });
  const { current } = answer.body as { current: string };
  const names = [hinge, frame, door, hinge].map(({ number }) => number);
  expect(current.split(" → ")).toHaveLength(names.length);
  expect(new Set(current.split(" → "))).toEqual(new Set(names));
  // Both halves at once: structures take turns, so one of them finds the other.
  const [left, right] = [await item("Left"), await item("Right")];
  const both = await Promise.all([
    plant.call(
      "POST",
      `/api/items/${left.itemId}/boms`,
      bomOf("A", [{ item: right, quantity: "1" }]),
    ),
    plant.call(
      "POST",
      `/api/items/${right.itemId}/boms`,
      bomOf("A", [{ item: left, quantity: "1" }]),
    ),
  ]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400]);
});

test("an alternate can close a cycle too", async () => {
  const [pump, motor, sealed] = [await item("Pump"), await item("Motor"), await item("Sealed")];
  await draft(pump, "A", [{ item: motor, quantity: "1" }]);
  const alternates = [{ itemId: pump.itemId, priority: 1, quantity: "1", uom: "pc" }];
  const asked = bomOf("A", [{ item: sealed, quantity: "1", alternates }]);
  const answer = await plant.call("POST", `/api/items/${motor.itemId}/boms`, asked);
  expect(answer).toMatchObject({ status: 400, body: { code: "bom.cycle" } });
});

test("what cannot be meant is refused by name, and nothing is saved", async () => {
  const screw = await item("Screw", bought("0.02"));
  const oil = await item("Oil", bought("4", "l"));
  const product = await item("Gearbox");
  const refused = async (code: string, bom: object, status = 400) => {
    const answer = await plant.call("POST", `/api/items/${product.itemId}/boms`, bom);
    expect(answer, code).toMatchObject({ status, body: { code } });
  };
  const line = { item: screw, quantity: "1" };
  await refused("request.not_valid", bomOf("A", [{ ...line, quantity: "0" }]));
  await refused("request.not_valid", bomOf("A", [{ ...line, quantity: "-1" }]));
  await refused("request.not_valid", bomOf("A", [{ ...line, quantity: "1.1234567" }]));
  await refused("uom.no_conversion", bomOf("A", [{ item: oil, quantity: "1", uom: "kg" }]));
  await refused(
    "bom.position_twice",
    bomOf("A", [line, { item: oil, quantity: "1", position: 10 }]),
  );
  await refused("bom.line_twice", bomOf("A", [line, line]));
  await refused(
    "bom.line_twice",
    bomOf("A", [
      { ...line, to: "2026-03-01" },
      { ...line, from: "2026-02-28" },
    ]),
  );
  await refused(
    "bom.dates_reversed",
    bomOf("A", [{ ...line, from: "2026-03-01", to: "2026-03-01" }]),
  );
  await refused("bom.needs_itself", bomOf("A", [{ item: product, quantity: "1" }]));
  await refused(
    "item.unknown",
    bomOf("A", [{ item: { ...screw, itemId: crypto.randomUUID() }, quantity: "1" }]),
  );
  const byProduct = { itemId: oil.itemId, quantity: "1", uom: "l", costSharePercent: "100" };
  await refused("bom.cost_share_too_high", bomOf("A", [line], { byProducts: [byProduct] }));
  expect(await plant.get(`/api/items/${product.itemId}/boms`)).toEqual({ rows: [] });
  const answer = await plant.call("POST", `/api/items/${screw.itemId}/boms`, bomOf("A", []));
  expect(answer).toMatchObject({ status: 409, body: { code: "item.not_made" } });
});

test("lines of one item may follow each other in time, and the tree takes the day's", async () => {
  const [old, young] = [await item("Old", bought("1")), await item("New", bought("2"))];
  const product = await item("Lamp");
  await effective(product, [
    { item: old, quantity: "1", to: "2026-06-01" },
    { item: young, quantity: "1", from: "2026-06-01" },
  ]);
  const on = async (day: string) =>
    (await tree(product, `&day=${day}`)).rows.map(({ itemId }) => itemId).slice(1);
  expect(await on("2026-05-31")).toEqual([old.itemId]);
  expect(await on("2026-06-01")).toEqual([young.itemId]);
});

test("revisions follow each other day for day, and one more in between makes room for itself", async () => {
  const part = await item("Part", bought("1"));
  const product = await item("Product");
  const lines = [{ item: part, quantity: "1" }];
  await effective(product, lines, "2026-01-01");
  await effective(product, lines, "2026-09-01");
  await effective(product, lines, "2026-05-01");
  const { rows } = await plant.get<{ rows: Bom[] }>(`/api/items/${product.itemId}/boms`);
  const days = rows.map(({ from, to }) => `${from} ${to}`).toSorted();
  expect(days).toEqual(["2026-01-01 2026-05-01", "2026-05-01 2026-09-01", "2026-09-01 null"]);
  const late = await draft(product, "late", lines);
  const approve = `/api/boms/${late.bomId}/approve`;
  const answer = await plant.call("POST", approve, { from: "2026-05-01" });
  expect(answer).toMatchObject({ status: 409, body: { code: "bom.effectivity_overlaps" } });
});

test("two people who edit one draft: the second is told", async () => {
  const part = await item("Part", bought("1"));
  const product = await item("Product");
  const bom = await draft(product, "A", [{ item: part, quantity: "1" }]);
  const edit = (quantity: string) =>
    plant.call(
      "PUT",
      `/api/boms/${bom.bomId}`,
      bomOf("A", [{ item: part, quantity }]),
      undefined,
      bom.version,
    );
  const answers = [await edit("2"), await edit("3")];
  expect(answers.map(({ status }) => status)).toEqual([200, 412]);
  const read = await plant.get<Bom>(`/api/boms/${bom.bomId}`);
  expect(read.lines[0]?.quantity).toBe("2");
  await plant.post(`/api/boms/${bom.bomId}/approve`, { from: "2026-01-01" });
  const fixed = await plant.call("PUT", `/api/boms/${bom.bomId}`, bomOf("A", []), undefined, 3);
  expect(fixed).toMatchObject({ status: 409, body: { code: "bom.not_draft" } });
});

test("where an item is used, up to the top, with the quantity over all ways", async () => {
  const bolt = await item("Bolt", bought("0.1"));
  const [wheel, axle, car] = [await item("Wheel"), await item("Axle"), await item("Car")];
  await effective(wheel, [{ item: bolt, quantity: "5" }]);
  await effective(axle, [
    { item: wheel, quantity: "2" },
    { item: bolt, quantity: "3" },
  ]);
  await effective(car, [{ item: axle, quantity: "2" }]);
  const { rows } = await plant.get<{
    rows: { itemId: string; level: number; quantityPer: string }[];
  }>(`/api/items/${bolt.itemId}/where-used`);
  expect(rows.map(({ itemId, level, quantityPer }) => [itemId, level, quantityPer])).toEqual(
    expect.arrayContaining([
      [wheel.itemId, 1, "5"],
      [axle.itemId, 1, "13"],
      [car.itemId, 2, "26"],
    ]),
  );
  expect(rows).toHaveLength(3);
  const direct = await plant.get<{ rows: unknown[] }>(
    `/api/items/${bolt.itemId}/where-used?isDeep=false`,
  );
  expect(direct.rows).toHaveLength(2);
});

test("an item is replaced everywhere from a day on, after a look at what would change", async () => {
  const [old, young] = [await item("Old", bought("1")), await item("New", bought("3"))];
  const products = [await item("P"), await item("P")];
  for (const product of products) await effective(product, [{ item: old, quantity: "2" }]);
  const asked = {
    itemId: old.itemId,
    byItemId: young.itemId,
    quantityFactor: "0.5",
    from: "2026-12-01",
  };
  const dry = await plant.post<{ rows: unknown[] }>("/api/boms/replace-item", {
    ...asked,
    isDryRun: true,
  });
  expect(dry.rows).toHaveLength(2);
  await plant.post("/api/boms/replace-item", asked);
  for (const product of products) {
    const before = await tree(product, "&day=2026-11-30");
    const after = await tree(product, "&day=2026-12-01");
    expect(before.rows[1]).toMatchObject({ itemId: old.itemId, quantity: "20" });
    expect(after.rows[1]).toMatchObject({ itemId: young.itemId, quantity: "10" });
  }
  const { rows } = await plant.get<{ rows: Bom[] }>(`/api/items/${products[0]?.itemId}/boms`);
  const compared = await plant.get<{ rows: { change: string }[] }>(
    `/api/boms/${rows.at(-1)?.bomId}/compare/${rows[0]?.bomId}`,
  );
  expect(compared.rows.map(({ change }) => change).toSorted()).toEqual(["added", "removed"]);
});

test("a roll-up stores what everything costs, with work and setups", async () => {
  const sheet = await item("Sheet", bought("10", "m2"));
  const rate = { costPerHour: "60" };
  const path = `/api/work-center-rates/${workCenterId}`;
  expect(await plant.call("PUT", path, rate)).toMatchObject({ status: 200 });
  const step = { step: 10, name: "Cut", workCenterId, runMsPerUnit: 30_000, setupMs: 600_000 };
  const box = await item("Box", { operations: [step] as never, costLotSize: "100" as never });
  await effective(box, [{ item: sheet, quantity: "1.5" }]);
  const rolled = await plant.post<{ items: number }>("/api/cost-roll-ups", {});
  expect(rolled.items).toBeGreaterThan(1);
  // 1.5 × 10, half a minute and a hundredth of ten minutes at 1 a minute.
  const cost = (await plant.get<StoredItem>(`/api/items/${box.itemId}`)).standardCost;
  expect(cost).toBe("15.6");
  const again = await plant.post<{ changed: number }>("/api/cost-roll-ups", {});
  expect(again.changed).toBe(0);
});

test("an engineering change gives its revisions their day together", async () => {
  const part = await item("Part", bought("1"));
  const products = [await item("Chair"), await item("Stool")];
  const boms: Bom[] = [];
  for (const product of products)
    boms.push(await draft(product, "B", [{ item: part, quantity: "2" }]));
  const bomIds = boms.map(({ bomId }) => bomId);
  const asked = { title: "Stronger", reason: "Claims", effectiveDay: "2026-12-24", bomIds };
  const { changeId } = await plant.post<{ changeId: string }>("/api/engineering-changes", asked);
  const command = (name: string) =>
    plant.call("POST", `/api/engineering-changes/${changeId}/${name}`);
  expect(await command("make_effective")).toMatchObject({
    status: 409,
    body: { code: "change.transition_refused", allowed: ["approved", "rejected"] },
  });
  expect(await command("approve")).toMatchObject({ status: 200, body: { state: "approved" } });
  const edit = await plant.call("PUT", `/api/boms/${bomIds[0]}`, bomOf("B", []), undefined, 1);
  expect(edit).toMatchObject({ status: 409, body: { code: "bom.in_change" } });
  expect(await command("make_effective")).toMatchObject({
    status: 200,
    body: { state: "effective" },
  });
  for (const bomId of bomIds) {
    expect(await plant.get<Bom>(`/api/boms/${bomId}`)).toMatchObject({
      state: "approved",
      from: "2026-12-24",
    });
  }
});

test("an item that is in BOMs keeps its unit", async () => {
  const part = await item("Part", bought("1"));
  await effective(await item("Product"), [{ item: part, quantity: "1" }]);
  const change = (uom: string) =>
    plant.call("PUT", `/api/items/${part.itemId}`, { ...part, uom }, undefined, part.version);
  expect(await change("kg")).toMatchObject({ status: 409, body: { code: "item.uom_in_use" } });
  expect(await change("pc")).toMatchObject({ status: 200, body: { version: part.version + 1 } });
  expect(await change("pc")).toMatchObject({ status: 412 });
});
