import type {
  ActionMessage,
  Demand,
  Item,
  Peg,
  Plan,
  PlanComparison,
  PlannedOrder,
  PurchaseProposal,
  WorkOrder,
} from "@millwright/contracts/api";
import { beforeAll, beforeEach, expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { countRows, makeNow, makeProduct, plan, putPolicy } from "./testing.fixture.ts";

const { database, plant } = await plantOfFile();
let product: Awaited<ReturnType<typeof makeProduct>>;

beforeAll(async () => {
  product = await makeProduct(plant);
});
beforeEach(async () => {
  const { rows } = await plant.get<{ rows: Demand[] }>("/api/planning/demands");
  for (const { demandId } of rows) {
    await plant.app.api.request(`/api/planning/demands/${demandId}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${database.apiKey}` },
    });
  }
});

const demand = (quantity: string, dueDay = "2026-12-14", reference = "SO-1") =>
  plant.post<Demand>("/api/planning/demands", {
    kind: "sales_order",
    itemId: product.bracket.itemId,
    quantity,
    dueDay,
    reference,
  });

const ordersOf = async ({ planId }: Plan) =>
  (await plant.get<{ rows: PlannedOrder[] }>(`/api/planning/plans/${planId}/orders`)).rows;

const orderOf = async (made: Plan, itemId: string) => {
  const order = (await ordersOf(made)).find((row) => row.itemId === itemId);
  if (order === undefined) throw new Error(`no order of ${itemId}`);
  return order;
};

test("explodes a demand through the bill of materials, pegged both ways", async () => {
  await demand("10");
  const made = await plan(plant, "mrp-runs");
  expect(made).toMatchObject({ state: "done", isCurrent: true, findings: [] });
  const orders = await ordersOf(made);
  expect(orders.map(({ itemId, quantity, kind }) => ({ itemId, quantity, kind }))).toEqual(
    expect.arrayContaining([
      { itemId: product.bracket.itemId, quantity: "10", kind: "make" },
      { itemId: product.plate.itemId, quantity: "20", kind: "buy" },
      { itemId: product.bolt.itemId, quantity: "40", kind: "buy" },
    ]),
  );
  const plate = await orderOf(made, product.plate.itemId);
  // A day to make, a week to buy: the defaults of the kinds.
  expect(plate).toMatchObject({ dueDay: "2026-12-13", startDay: "2026-12-08", lateDays: 0 });
  const pegs = (number: number, direction: string) =>
    plant.get<{ rows: Peg[]; isComplete: boolean }>(
      `/api/planning/plans/${made.planId}/orders/${number}/pegs?direction=${direction}`,
    );
  const up = await pegs(plate.orderNumber, "up");
  expect(up.rows.map(({ need }) => [need.kind, need.label])).toEqual(
    expect.arrayContaining([
      ["order", ""],
      ["demand", "SO-1"],
    ]),
  );
  const bracket = await orderOf(made, product.bracket.itemId);
  const down = await pegs(bracket.orderNumber, "down");
  expect(down.rows.map(({ itemNumber }) => itemNumber).sort()).toEqual(
    [product.plate.number, product.bolt.number].sort(),
  );
});

test("releases once, however many ask at once; a run after that plans nothing for it", async () => {
  await demand("7", "2026-12-15");
  const made = await plan(plant, "mrp-runs");
  const { planId, orderNumber } = await orderOf(made, product.bracket.itemId);
  const before = await countRows(plant, "production.work_order");
  const release = `/api/planning/plans/${planId}/orders/${orderNumber}/release`;
  const answers = await Promise.all([1, 2, 3].map(() => plant.call("POST", release, {})));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  expect(await countRows(plant, "production.work_order")).toBe(before + 1);
  const released = await orderOf(made, product.bracket.itemId);
  const workOrder = await plant.get<WorkOrder>(`/api/work-orders/${released.workOrderId}`);
  expect(workOrder).toMatchObject({ state: "released", quantity: "7" });

  for (const item of [product.plate, product.bolt]) {
    const bought = await orderOf(made, item.itemId);
    await plant.post(`/api/planning/plans/${planId}/orders/${bought.orderNumber}/firm`);
    await plant.post(`/api/planning/plans/${planId}/orders/${bought.orderNumber}/release`);
  }
  const again = await plan(plant, "mrp-runs");
  expect(await ordersOf(again)).toEqual([]);
  const { rows } = await plant.get<{ rows: PurchaseProposal[] }>(
    "/api/planning/purchase-proposals",
  );
  expect(rows.map(({ quantity, state }) => [quantity, state])).toEqual(
    expect.arrayContaining([
      ["14", "released"],
      ["28", "released"],
    ]),
  );
  // The older plan knows nothing of the work order: acting on it would order twice.
  const old = await plant.call("POST", release, {});
  expect(old).toMatchObject({ status: 409, body: { code: "planned_order.plan_superseded" } });

  for (const { purchaseProposalId } of rows) {
    await plant.post(`/api/planning/purchase-proposals/${purchaseProposalId}/close`);
  }
  await plant.post(`/api/work-orders/${released.workOrderId}/cancel`, { reason: "test" });
});

test("a purchase proposal that was closed is not released, and says what to do", async () => {
  await demand("6", "2026-12-17");
  const made = await plan(plant, "mrp-runs");
  const { planId, orderNumber } = await orderOf(made, product.plate.itemId);
  const order = `/api/planning/plans/${planId}/orders/${orderNumber}`;
  const { purchaseProposalId } = await plant.post<PlannedOrder>(`${order}/firm`);
  await plant.post(`/api/planning/purchase-proposals/${purchaseProposalId}/close`);
  const refused = await plant.call("POST", `${order}/release`, {});
  expect(refused).toMatchObject({
    status: 409,
    body: {
      code: "planned_order.transition_refused",
      detail: expect.stringMatching(/proposal .* is closed.*[Rr]un MRP/),
      current: "closed",
      asked: "release",
      allowed: [],
    },
  });
  const { rows } = await plant.get<{ rows: PurchaseProposal[] }>(
    "/api/planning/purchase-proposals",
  );
  expect(rows.filter((row) => row.purchaseProposalId === purchaseProposalId)).toEqual([]);
});

test("tells to cancel an open work order that nothing needs", async () => {
  const order = await plant.post<WorkOrder>("/api/work-orders", {
    itemId: product.bracket.itemId,
    quantity: "3",
    dueDate: "2026-12-20T12:00:00Z",
  });
  await plant.post(`/api/work-orders/${order.workOrderId}/firm`);
  const made = await plan(plant, "mrp-runs");
  const { rows } = await plant.get<{ rows: ActionMessage[] }>(
    `/api/planning/plans/${made.planId}/messages?action=cancel`,
  );
  expect(rows).toMatchObject([{ workOrderId: order.workOrderId, label: order.number }]);
  await plant.post(`/api/work-orders/${order.workOrderId}/cancel`, { reason: "test" });
});

test("compares a what-if with the plan; nothing of it can be released", async () => {
  await demand("5", "2026-12-21");
  const base = await plan(plant, "mrp-runs", { name: "base" });
  const whatIf = await plan(plant, "mrp-runs", {
    name: "rush",
    extraDemands: [{ itemId: product.bracket.itemId, quantity: "2", dueDay: "2026-12-18" }],
    policies: [{ itemId: product.plate.itemId, leadDays: 60 }],
  });
  expect(whatIf).toMatchObject({ isWhatIf: true, isCurrent: false });
  const { rows } = await plant.get<PlanComparison>(
    `/api/planning/plans/${base.planId}/comparison?with=${whatIf.planId}`,
  );
  const bracket = rows.find(({ itemId }) => itemId === product.bracket.itemId);
  expect(bracket).toMatchObject({ left: { quantity: "5" }, right: { quantity: "7" } });
  const { orderNumber } = await orderOf(whatIf, product.bracket.itemId);
  const refused = await plant.call(
    "POST",
    `/api/planning/plans/${whatIf.planId}/orders/${orderNumber}/firm`,
    {},
  );
  expect(refused).toMatchObject({ status: 409, body: { code: "planned_order.plan_superseded" } });
  expect(await plant.get<Plan>(`/api/planning/plans/${base.planId}`)).toMatchObject({
    isCurrent: true,
  });
});

test("plans with the policy of an item: safety stock, lots, yield", async () => {
  const path = `/api/planning/item-policies/${product.bracket.itemId}`;
  expect(await plant.get(path)).toMatchObject({ isDefault: true, leadDays: 1 });
  const policy = {
    leadDays: 2,
    safetyStock: "3",
    yieldPercent: "50",
    lotRule: { rule: "min_max_multiple", multiple: "10" },
  };
  const { itemId } = product.bracket;
  const saved = await putPolicy(plant, itemId, policy);
  expect(saved.body).toMatchObject({ isDefault: false, version: 1 });
  // The second of two who had read the default.
  const late = await plant.call("PUT", path, policy, undefined, 0);
  expect(late).toMatchObject({ status: 412, body: { code: "record.changed_meanwhile" } });
  const blind = await plant.call("PUT", path, policy);
  expect(blind).toMatchObject({ status: 400 });
  await demand("8", "2026-12-28");
  const made = await plan(plant, "mrp-runs");
  const quantities = (await ordersOf(made))
    .filter(({ itemId }) => itemId === product.bracket.itemId)
    .map(({ quantity }) => Number(quantity));
  expect(quantities.reduce((sum, quantity) => sum + quantity, 0)).toBe(20);
  expect(await orderOf(made, product.plate.itemId)).toMatchObject({ kind: "buy" });
  await putPolicy(plant, itemId, { leadDays: 1 });
});

test("a cancelled plan stays cancelled and stores nothing; a second cancel is refused", async () => {
  await demand("5");
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", {});
  const cancelled = await plant.post<Plan>(`/api/planning/plans/${planId}/cancel`);
  expect(cancelled.state).toBe("cancelled");
  await makeNow(plant, planId).ended;
  expect(await plant.get<Plan>(`/api/planning/plans/${planId}`)).toMatchObject({
    state: "cancelled",
    summary: {},
  });
  const again = await plant.call("POST", `/api/planning/plans/${planId}/cancel`, {});
  expect(again).toMatchObject({ status: 409, body: { code: "plan.ended" } });
});

test("names what stands in the way: an unknown item, a version that moved on", async () => {
  const unknown = { itemId: crypto.randomUUID(), quantity: "1", dueDay: "2026-12-01" };
  const refused = await plant.call("POST", "/api/planning/mrp-runs", { extraDemands: [unknown] });
  expect(refused).toMatchObject({ status: 404, body: { code: "item.unknown" } });
  const { demandId, ...made } = await demand("1");
  const { kind, itemId, dueDay } = made;
  const change = { kind, itemId, dueDay, quantity: "2" };
  const path = `/api/planning/demands/${demandId}`;
  expect((await plant.call("PUT", path, change, undefined, 1)).body).toMatchObject({ version: 2 });
  expect((await plant.call("PUT", path, change, undefined, 1)).status).toBe(412);
});

test("takes demands from a file by item number, all or none", async () => {
  const send = (text: string) =>
    plant.app.api.request("/api/planning/demands/import", {
      method: "POST",
      headers: { authorization: `Bearer ${database.apiKey}`, "content-type": "text/csv" },
      body: text,
    });
  const header = "kind,itemNumber,quantity,dueDay,reference";
  const good = `forecast,${product.bracket.number},5,2027-01-04,January`;
  expect((await send(`${header}\n${good}\nforecast,NOBODY,1,2027-01-04,x\n`)).status).toBe(422);
  expect((await send(`${header}\n${good}\n`)).status).toBe(200);
  const { rows } = await plant.get<{ rows: Demand[] }>("/api/planning/demands");
  expect(rows).toMatchObject([{ kind: "forecast", quantity: "5", reference: "January" }]);
});

test("what comes out beside a product serves needs, from planned and from released orders", async () => {
  const make = (number: string, kind: string, uom: string, operations: object[] = []) =>
    plant.post<Item>("/api/items", { number, name: number, kind, uom, operations });
  const workCenterId = product.machines[0]?.workCenterId;
  const step = { step: 10, name: "Press", workCenterId, runMsPerUnit: 1_000, setupMs: 0 };
  const press = await make("PRESSED", "make", "pc", [step]);
  const swarf = await make("SWARF", "buy", "kg");
  const bom = await plant.post<{ bomId: string }>(`/api/items/${press.itemId}/boms`, {
    revision: "A",
    quantity: "10",
    lines: [{ position: 10, itemId: product.plate.itemId, quantity: "10", uom: "pc" }],
    byProducts: [{ itemId: swarf.itemId, quantity: "500", uom: "g" }],
  });
  await plant.post(`/api/boms/${bom.bomId}/approve`, { from: "2026-11-01" });
  const ask = (itemId: string, quantity: string, dueDay: string) =>
    plant.post<Demand>("/api/planning/demands", {
      kind: "sales_order",
      itemId,
      quantity,
      dueDay,
      reference: "SO-9",
    });
  await ask(press.itemId, "100", "2026-12-14");
  await ask(swarf.itemId, "7", "2026-12-18");
  const made = await plan(plant, "mrp-runs");
  // 100 pieces leave 5 kg; 2 of the 7 are bought.
  expect(await orderOf(made, swarf.itemId)).toMatchObject({ quantity: "2", kind: "buy" });
  const order = await orderOf(made, press.itemId);
  const swarfOrder = await orderOf(made, swarf.itemId);
  const path = `/api/planning/plans/${made.planId}/orders`;
  const beside = await plant.get<{ rows: Peg[] }>(`${path}/${order.orderNumber}/pegs?direction=up`);
  expect(beside.rows).toContainEqual(
    expect.objectContaining({
      itemNumber: "SWARF",
      quantity: "5",
      supply: expect.objectContaining({ kind: "by_product", orderNumber: order.orderNumber }),
      need: expect.objectContaining({ kind: "demand", label: "SO-9" }),
    }),
  );
  expect(swarfOrder.orderNumber).not.toBe(order.orderNumber);

  await plant.post(`${path}/${order.orderNumber}/release`);
  const again = await plan(plant, "mrp-runs");
  expect(await orderOf(again, swarf.itemId)).toMatchObject({ quantity: "2" });
  expect((await ordersOf(again)).some(({ itemId }) => itemId === press.itemId)).toBe(false);

  // Nobody wants the swarf any more: that is no reason to cancel the order beside which it comes.
  const { rows: demands } = await plant.get<{ rows: Demand[] }>("/api/planning/demands");
  const unwanted = demands.find(({ itemId }) => itemId === swarf.itemId);
  await plant.app.api.request(`/api/planning/demands/${unwanted?.demandId}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${database.apiKey}` },
  });
  const last = await plan(plant, "mrp-runs");
  const told = await plant.get<{ rows: ActionMessage[] }>(
    `/api/planning/plans/${last.planId}/messages`,
  );
  expect(told.rows.filter(({ itemNumber }) => itemNumber === "SWARF")).toEqual([]);
});

test("a by-product is not its own product", async () => {
  const path = `/api/items/${product.bracket.itemId}/boms`;
  const asked = {
    revision: "SELF",
    lines: [],
    byProducts: [{ itemId: product.bracket.itemId, quantity: "1", uom: "pc" }],
  };
  expect(await plant.call("POST", path, asked)).toMatchObject({
    status: 400,
    body: { code: "bom.needs_itself" },
  });
});

test("a lot of half a piece does not fail the run of all other items: it is found, and planned without", async () => {
  // Then quantities of all items have decimals, of pieces too.
  const number = `KG-${crypto.randomUUID().slice(0, 8)}`;
  const operations: [] = [];
  await plant.post<Item>("/api/items", {
    number,
    name: number,
    kind: "buy",
    uom: "kg",
    operations,
  });
  const saved = await putPolicy(plant, product.bolt.itemId, {
    leadDays: 5,
    lotRule: { rule: "min_max_multiple", maximum: "0.5" },
  });
  expect(saved.status).toBe(200);
  await demand("2", "2026-12-21");
  const made = await plan(plant, "mrp-runs");
  expect(made).toMatchObject({
    state: "done",
    findings: [{ code: "lot_rule.contradiction", culprits: [product.bolt.number] }],
  });
  expect(await orderOf(made, product.bolt.itemId)).toMatchObject({ quantity: "8" });
});
