import type {
  ActionMessage,
  Demand,
  Item,
  Peg,
  Plan,
  PlannedOrder,
} from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { makeLine, makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { plan } from "./testing.fixture.ts";

// A lamp takes two red cables of one metre, or instead 2.5 m of blue cable, of which there is some.
const { plant } = await plantOfFile();
let lamp: Item;
let red: Item;
let blue: Item;

beforeAll(async () => {
  ({ item: lamp } = await makeLine(plant, ["Assembly"]));
  const buy = (number: string, uom: string) =>
    plant.post<Item>("/api/items", { number, name: number, kind: "buy", uom, operations: [] });
  red = await buy("CABLE-RED", "pc");
  blue = await buy("CABLE-BLUE", "m");
  const bom = await plant.post<{ bomId: string }>(`/api/items/${lamp.itemId}/boms`, {
    revision: "A",
    quantity: "1",
    lines: [
      {
        position: 10,
        itemId: red.itemId,
        quantity: "2",
        uom: "pc",
        alternates: [{ priority: 1, itemId: blue.itemId, quantity: "2.5", uom: "m" }],
      },
    ],
  });
  await plant.post(`/api/boms/${bom.bomId}/approve`, { from: "2026-11-01" });
  const site = await makePlace(plant, "site", "SITE");
  const bin = await makePlace(plant, "bin", "B-1", await makePlace(plant, "warehouse", "W", site));
  const supplier = await makePlace(plant, "supplier", "SUPPLIER");
  const moves = [red, blue].map(({ itemId }) => ({
    moveId: crypto.randomUUID(),
    itemId,
    quantity: itemId === red.itemId ? "3" : "6",
    reason: "receipt",
    fromLocationId: supplier,
    toLocationId: bin,
  }));
  await plant.post("/api/stock/moves", { moves });
  await plant.post<Demand>("/api/planning/demands", {
    kind: "sales_order",
    itemId: lamp.itemId,
    quantity: "5",
    dueDay: "2026-12-14",
    reference: "SO-1",
  });
});

const ordersOf = async ({ planId }: Plan) =>
  (await plant.get<{ rows: PlannedOrder[] }>(`/api/planning/plans/${planId}/orders`)).rows;

async function substitutions({ planId }: Plan) {
  const { rows } = await plant.get<{ rows: ActionMessage[] }>(
    `/api/planning/plans/${planId}/messages?action=substitute`,
  );
  return rows.map(
    ({ itemNumber, insteadOfItemNumber, toQuantity, uom, orderNumber, workOrderId }) => ({
      instead: `${toQuantity} ${uom} ${itemNumber} instead of ${insteadOfItemNumber}`,
      isPlanned: orderNumber !== null,
      workOrderId,
    }),
  );
}

test("takes an alternate from stock before it orders the component, and says so", async () => {
  const made = await plan(plant, "mrp-runs");
  expect(made).toMatchObject({ state: "done", findings: [] });
  const orders = await ordersOf(made);
  // Ten cables: three are there, 6 m of blue cable stand in for four and leave 1 m, three are bought.
  expect(orders.map(({ itemId, kind, quantity }) => [itemId, kind, quantity])).toEqual([
    [lamp.itemId, "make", "5"],
    [red.itemId, "buy", "3"],
  ]);
  expect(await substitutions(made)).toEqual([
    { instead: "5 m CABLE-BLUE instead of CABLE-RED", isPlanned: true, workOrderId: null },
  ]);
  const { rows } = await plant.get<{ rows: Peg[] }>(
    `/api/planning/plans/${made.planId}/orders/${orders[0]?.orderNumber}/pegs?direction=down`,
  );
  expect(
    rows.map(({ itemNumber, quantity, insteadOfItemNumber, supply }) =>
      [quantity, itemNumber, insteadOfItemNumber, supply.kind].join(" "),
    ),
  ).toEqual(["5 CABLE-BLUE CABLE-RED on_hand", "3 CABLE-RED  order", "3 CABLE-RED  on_hand"]);
});

test("the work order that it becomes takes the same", async () => {
  const made = await plan(plant, "mrp-runs");
  const path = `/api/planning/plans/${made.planId}/orders`;
  for (const { orderNumber } of await ordersOf(made)) {
    await plant.post(`${path}/${orderNumber}/firm`);
  }
  const [order] = await ordersOf(made);
  const again = await plan(plant, "mrp-runs");
  expect(await ordersOf(again)).toEqual([]);
  expect(await substitutions(again)).toEqual([
    {
      instead: "5 m CABLE-BLUE instead of CABLE-RED",
      isPlanned: false,
      workOrderId: order?.workOrderId,
    },
  ]);
});
