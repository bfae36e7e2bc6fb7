import type {
  ActionMessage,
  Demand,
  Item,
  Peg,
  Plan,
  PlannedOrder,
  PurchaseProposal,
  StockBalance,
  Transfer,
} from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { makeProduct, plan, putPolicy } from "./testing.fixture.ts";

// Brackets are made in the south of two plates each; plates lie in the north and go south by truck.
// Everything else is planned for all sites as one.
const { plant } = await plantOfFile();
let product: Awaited<ReturnType<typeof makeProduct>>;
let places: Record<"north" | "south" | "n1" | "s1" | "supplier", string>;

beforeAll(async () => {
  product = await makeProduct(plant);
  const north = await makePlace(plant, "site", "NORTH");
  const south = await makePlace(plant, "site", "SOUTH");
  const n = await makePlace(plant, "warehouse", "N", north);
  const s = await makePlace(plant, "warehouse", "S", south);
  places = {
    north,
    south,
    n1: await makePlace(plant, "bin", "N-01", n),
    s1: await makePlace(plant, "bin", "S-01", await makePlace(plant, "zone", "SZ", s)),
    supplier: await makePlace(plant, "supplier", "SUPPLIER"),
  };
  const { bracket, plate } = product;
  await receive(plate, "8", places.n1);
  await receive(plate, "3", places.s1);
  await savePolicy(bracket, {
    leadDays: 1,
    sites: [{ siteId: south, supply: "make", leadDays: 2 }],
  });
  await savePolicy(plate, {
    leadDays: 5,
    sites: [{ siteId: south, supply: "transfer", fromSiteId: north, leadDays: 3 }],
  });
});

const savePolicy = (item: Item, policy: object) => putPolicy(plant, item.itemId, policy);

const saveSites = (item: Item, sites: object[]) => savePolicy(item, { leadDays: 5, sites });

async function receive(item: Item, quantity: string, toLocationId: string) {
  const move = { moveId: crypto.randomUUID(), itemId: item.itemId, quantity, reason: "receipt" };
  await plant.post("/api/stock/moves", {
    moves: [{ ...move, fromLocationId: places.supplier, toLocationId }],
  });
}

const ask = (siteId: string | null, quantity: string) =>
  plant.post<Demand>("/api/planning/demands", {
    kind: "sales_order",
    itemId: product.bracket.itemId,
    quantity,
    dueDay: "2026-12-20",
    siteId,
    reference: "SO-S",
  });

const ordersOf = async ({ planId }: Plan) =>
  (await plant.get<{ rows: PlannedOrder[] }>(`/api/planning/plans/${planId}/orders`)).rows;

const shown = ({
  itemId,
  kind,
  siteCode,
  fromSiteCode,
  quantity,
  startDay,
  dueDay,
}: PlannedOrder) =>
  [nameOf(itemId), kind, siteCode, fromSiteCode, quantity, startDay, dueDay].join(" ");

function nameOf(itemId: string): string {
  const { bracket, plate } = product;
  return itemId === bracket.itemId ? "bracket" : itemId === plate.itemId ? "plate" : "bolt";
}

const pegsOf = async ({ planId, orderNumber }: PlannedOrder, direction: "up" | "down") => {
  const path = `/api/planning/plans/${planId}/orders/${orderNumber}/pegs?direction=${direction}`;
  const { rows } = await plant.get<{ rows: Peg[] }>(path);
  return rows.map(({ siteCode, quantity, supply, need }) =>
    [siteCode, quantity, supply.kind, need.kind].join(" "),
  );
};

test("a site takes its own stock, then gets the rest by transfer, and the sender makes up for it", async () => {
  await ask(places.south, "10");
  const made = await plan(plant, "mrp-runs");
  expect(made).toMatchObject({ state: "done", findings: [], summary: { transferOrders: 1 } });
  const orders = await ordersOf(made);
  expect(orders.map(shown).toSorted()).toEqual([
    "bolt buy   40 2026-12-13 2026-12-18",
    "bracket make SOUTH  10 2026-12-18 2026-12-20",
    // 20 less the 3 that lie in the south; three days on the road.
    "plate buy   9 2026-12-10 2026-12-15",
    "plate transfer SOUTH NORTH 17 2026-12-15 2026-12-18",
  ]);
  const of = (kind: string) => orders.find((order) => order.kind === kind && isPlate(order));
  const [bought, moved] = [of("buy"), of("transfer")];
  if (bought === undefined || moved === undefined) throw new Error("an order is missing");
  expect((await pegsOf(bought, "up")).toSorted()).toEqual([
    " 9 order order",
    "SOUTH 10 order demand",
    "SOUTH 17 order order",
  ]);
  const make = orders.find(({ kind }) => kind === "make");
  if (make === undefined) throw new Error("nothing is made");
  expect((await pegsOf(make, "down")).toSorted()).toEqual([
    " 40 order order",
    " 8 on_hand order",
    " 9 order order",
    "SOUTH 17 order order",
    "SOUTH 3 on_hand order",
  ]);
});

const isPlate = ({ itemId }: PlannedOrder) => itemId === product.plate.itemId;

test("release makes a transfer that plans count on at both ends, until it has arrived", async () => {
  const made = await plan(plant, "mrp-runs");
  const path = `/api/planning/plans/${made.planId}/orders`;
  for (const { orderNumber } of await ordersOf(made)) {
    await plant.post(`${path}/${orderNumber}/firm`);
    await plant.post(`${path}/${orderNumber}/release`);
  }
  const orders = await ordersOf(made);
  const moved = orders.find(({ kind }) => kind === "transfer");
  const transfer = await plant.get<Transfer>(`/api/transfers/${moved?.transferId}`);
  expect(transfer).toMatchObject({
    number: moved?.transferNumber,
    state: "released",
    fromCode: "NORTH",
    toCode: "SOUTH",
    shipDay: "2026-12-15",
    dueDay: "2026-12-18",
    lines: [{ itemId: product.plate.itemId, quantity: "17" }],
  });
  const { rows } = await plant.get<{ rows: PurchaseProposal[] }>(
    "/api/planning/purchase-proposals",
  );
  expect(rows.map(({ quantity, siteCode }) => [quantity, siteCode])).toEqual(
    expect.arrayContaining([["9", null]]),
  );
  await expectNothingToDo();

  const plate = rows.find(({ itemId }) => itemId === product.plate.itemId);
  await receive(product.plate, "9", places.n1);
  await plant.post(`/api/planning/purchase-proposals/${plate?.purchaseProposalId}/close`);
  const line = { itemId: product.plate.itemId, quantity: "17" };
  await plant.post(`/api/transfers/${transfer.transferId}/shipment`, {
    lines: [{ ...line, locationId: places.n1 }],
  });
  await expectNothingToDo();

  const arrived = { lines: [{ ...line, locationId: places.s1 }], isComplete: true, reason: "" };
  await plant.post(`/api/transfers/${transfer.transferId}/receipt`, arrived);
  await expectNothingToDo();
  const balances = await plant.get<{ rows: StockBalance[] }>(
    `/api/stock/balances?itemId=${product.plate.itemId}`,
  );
  expect(balances.rows.map(({ locationCode, quantity }) => [locationCode, quantity])).toEqual([
    ["S-01", "20"],
  ]);
});

/** Nothing to order, and nothing to say about what is on order. */
async function expectNothingToDo() {
  const again = await plan(plant, "mrp-runs");
  expect((await ordersOf(again)).map(shown)).toEqual([]);
  const { rows } = await plant.get<{ rows: ActionMessage[] }>(
    `/api/planning/plans/${again.planId}/messages`,
  );
  expect(rows).toEqual([]);
}

test("a work order for one site serves no other; a transfer that nobody needs is to be cancelled", async () => {
  await ask(null, "4");
  const body = { fromId: places.north, toId: places.south };
  const lines = [{ itemId: product.plate.itemId, quantity: "5" }];
  const transfer = await plant.post<Transfer>("/api/transfers", { ...body, lines });
  const made = await plan(plant, "mrp-runs");
  const brackets = (await ordersOf(made)).filter((order) => nameOf(order.itemId) === "bracket");
  expect(brackets.map(shown)).toEqual(["bracket make   4 2026-12-19 2026-12-20"]);
  const { rows } = await plant.get<{ rows: ActionMessage[] }>(
    `/api/planning/plans/${made.planId}/messages?action=cancel`,
  );
  expect(rows).toMatchObject([
    { transferId: transfer.transferId, label: transfer.number, siteCode: "SOUTH" },
  ]);
  await plant.post(`/api/transfers/${transfer.transferId}/cancel`);
});

test("a what-if may plan a site by itself that the plan does not", async () => {
  const bolt = { siteId: places.south, supply: "transfer", fromSiteId: places.north, leadDays: 1 };
  const whatIf = await plan(plant, "mrp-runs", {
    name: "bolts in the south",
    policies: [{ itemId: product.bolt.itemId, leadDays: 5, sites: [bolt] }],
    extraDemands: [
      {
        itemId: product.bolt.itemId,
        quantity: "2",
        dueDay: "2026-12-14",
        siteId: places.south,
      },
    ],
  });
  const bolts = (await ordersOf(whatIf)).filter(({ kind }) => kind === "transfer");
  expect(bolts.map(shown)).toContain("bolt transfer SOUTH NORTH 2 2026-12-13 2026-12-14");
});

test("refuses sites that cannot be, naming them", async () => {
  const { plate, bracket } = product;
  const { north, south, n1 } = places;
  const site = { siteId: south, supply: "transfer", fromSiteId: north, leadDays: 1 };
  expect(await saveSites(plate, [site, site])).toMatchObject({
    status: 400,
    body: { code: "item_policy.site_twice" },
  });
  const back = { ...site, siteId: north, fromSiteId: south };
  expect(await saveSites(plate, [site, back])).toMatchObject({
    status: 400,
    body: { code: "item_policy.sites_circular" },
  });
  expect(await saveSites(plate, [{ ...site, fromSiteId: n1 }])).toMatchObject({
    status: 404,
    body: { code: "location.unknown" },
  });
  const makes = { siteId: south, supply: "make", leadDays: 1 };
  expect(await saveSites(plate, [makes])).toMatchObject({
    status: 400,
    body: { code: "item_policy.site_not_made" },
  });
  expect((await saveSites(bracket, [{ ...makes, fromSiteId: north }])).status).toBe(400);
  const lost = { kind: "forecast", itemId: plate.itemId, quantity: "1", dueDay: "2026-12-20" };
  expect(await plant.call("POST", "/api/planning/demands", { ...lost, siteId: n1 })).toMatchObject({
    status: 404,
    body: { code: "location.unknown" },
  });
  // What was there still is.
  const kept = await plant.get(`/api/planning/item-policies/${plate.itemId}`);
  expect(kept).toMatchObject({ sites: [{ ...site, leadDays: 3, safetyStock: "0" }] });
});
