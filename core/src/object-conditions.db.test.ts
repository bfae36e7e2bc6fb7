import type { Item, Lot, PolicyOnTheWire, WorkOrder } from "@millwright/contracts/api";
import { standardDowntimeReasons } from "@millwright/contracts/states";
import { beforeAll, expect, test } from "vitest";

import { TestBrowser } from "./testing/browser.ts";
import { makeLine, makePlace, testSetupCode, wentTo } from "./testing/plant.ts";
import { plantOfFile } from "./testing/plant-of-file.ts";

// Rules about single orders and lots, as an administrator writes them on the Access page, over HTTP.
const { plant } = await plantOfFile();
let admin: TestBrowser;

beforeAll(async () => {
  admin = new TestBrowser(plant.app);
  const administrator = { name: "Ada", email: "ada@example.com", password: "lathe spindle copper" };
  const site = { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "05:30" };
  const setup = { code: testSetupCode, company: { name: "Nordwerk" }, site, administrator };
  expect((await admin.call("POST", "/api/setup", setup)).status).toBe(200);
});

type Rule = {
  objectType: string;
  action: string;
  effect?: "allow" | "deny";
  condition: string | null;
};

/** A role with these rules instead of those it had, and a key that has it. */
async function keyWith(role: string, rules: readonly Rule[]): Promise<string> {
  await setRules(role, rules);
  const made = await admin.call<{ key: string }>("POST", "/api/admin/api-keys", {
    name: role,
    roles: [role],
  });
  expect(made.status).toBe(201);
  return made.body.key;
}

async function setRules(role: string, rules: readonly Rule[]): Promise<void> {
  const { body } = await admin.call<PolicyOnTheWire>("GET", "/api/admin/policy");
  const others = body.rules.filter((rule) => rule.role !== role);
  const own = rules.map((rule) => ({
    ruleId: crypto.randomUUID(),
    role,
    effect: "allow",
    ...rule,
  }));
  const roles = body.roles.some((known) => known.role === role)
    ? body.roles
    : [...body.roles, { role, title: role, parents: [] }];
  const saved = await admin.call(
    "PUT",
    "/api/admin/policy",
    { roles, rules: [...others, ...own] },
    { "if-match": `"${body.version}"` },
  );
  expect(saved, JSON.stringify(saved.body)).toMatchObject({ status: 200 });
}

function asKey(key: string, method: string, path: string, body?: unknown, idempotencyKey = "") {
  return new TestBrowser(plant.app).call<{ code?: string; state?: string; status?: string }>(
    method,
    path,
    body,
    { authorization: `Bearer ${key}`, "sec-fetch-site": "", "idempotency-key": idempotencyKey },
  );
}

async function firmed(item: Item, quantity: string): Promise<WorkOrder> {
  const asked = { itemId: item.itemId, quantity, dueDate: null };
  const { workOrderId } = await plant.post<WorkOrder>("/api/work-orders", asked);
  return plant.post<WorkOrder>(`/api/work-orders/${workOrderId}/firm`);
}

const refused = { status: 403, body: { code: "permission.missing" } };

test("a role releases orders up to a quantity on its own machines, and no others", async () => {
  const { item: sawn } = await makeLine(plant, ["Saw", "Bench"]);
  const { item: milled } = await makeLine(plant, ["Mill"]);
  const condition = "'Saw' in object.workCenterNames and object.quantity <= 100";
  const key = await keyWith("saw_leader", [
    { objectType: "work_order", action: "release", condition },
    { objectType: "work_order", action: "draft", condition },
  ]);
  const orders = {
    mine: await firmed(sawn, "100"),
    large: await firmed(sawn, "101"),
    other: await firmed(milled, "1"),
  };
  const release = (order: WorkOrder, idempotencyKey?: string) =>
    asKey(key, "POST", `/api/work-orders/${order.workOrderId}/release`, {}, idempotencyKey);
  const stateOf = async ({ workOrderId }: WorkOrder) =>
    (await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`)).state;

  expect(await release(orders.large)).toMatchObject(refused);
  expect(await release(orders.other)).toMatchObject(refused);
  expect([await stateOf(orders.large), await stateOf(orders.other)]).toEqual(["firmed", "firmed"]);
  expect(await release({ ...orders.mine, workOrderId: crypto.randomUUID() })).toMatchObject({
    status: 404,
    body: { code: "work_order.unknown" },
  });
  const once = crypto.randomUUID();
  expect(await release(orders.mine, once)).toMatchObject({
    status: 200,
    body: { state: "released" },
  });
  expect(await release(orders.mine, once)).toMatchObject({
    status: 200,
    body: { state: "released" },
  });
  // Another command of the same order was never allowed, whatever the order.
  const hold = await asKey(key, "POST", `/api/work-orders/${orders.mine.workOrderId}/hold`, {
    reason: "x",
  });
  expect(hold).toMatchObject(refused);

  const draft = (item: Item, quantity: string) =>
    asKey(key, "POST", "/api/work-orders", { itemId: item.itemId, quantity, dueDate: null });
  expect((await draft(sawn, "100")).status).toBe(201);
  expect(await draft(sawn, "100.5")).toMatchObject(refused);
  expect(await draft(milled, "1")).toMatchObject(refused);

  // Taken back, it is refused for a repeated request too: the stored answer is not for everybody.
  await setRules("saw_leader", [
    { objectType: "work_order", action: "release", condition: "object.quantity <= 99" },
  ]);
  expect(await release(orders.mine, once)).toMatchObject(refused);
});

test("a deny about an order wins over an allow of all, and the administrator sees why", async () => {
  const { item } = await makeLine(plant, ["Press"]);
  const order = await firmed(item, "5000");
  const key = await keyWith("releaser", [
    { objectType: "work_order", action: "release", condition: null },
    {
      objectType: "work_order",
      action: "release",
      effect: "deny",
      condition: "object.quantity > 1000",
    },
  ]);
  const path = `/api/work-orders/${order.workOrderId}/release`;
  expect(await asKey(key, "POST", path, {})).toMatchObject(refused);
  const { body } = await admin.call<{
    rows: { action: string; because: string; object: Record<string, string> }[];
  }>("GET", "/api/admin/policy/refusals");
  expect(body.rows[0]).toMatchObject({ action: "release", object: { quantity: "5000" } });
  expect(body.rows[0]?.because).toContain("object.quantity > 1000");
  const small = await firmed(item, "10");
  const allowed = await asKey(key, "POST", `/api/work-orders/${small.workOrderId}/release`, {});
  expect(allowed.status).toBe(200);
});

test("quality releases what is in quarantine, of its items only; a blocked lot stays blocked", async () => {
  const kept = { kind: "buy", uom: "pc", operations: [], tracking: "lot" };
  const supplier = await makePlace(plant, "supplier", "SUP");
  const site = await makePlace(plant, "site", "S");
  const bin = await makePlace(plant, "bin", "B", await makePlace(plant, "warehouse", "W", site));
  const lotOf = async (number: string): Promise<Lot> => {
    const item = await plant.post<Item>("/api/items", { ...kept, number, name: number });
    const move = { moveId: crypto.randomUUID(), itemId: item.itemId, quantity: "1" };
    const way = { fromLocationId: supplier, toLocationId: bin, reason: "test" };
    const lot = { lotNumber: `L-${number}`, lotStatus: "quarantine" };
    await plant.post("/api/stock/moves", { moves: [{ ...move, ...way, ...lot }] });
    const { rows } = await plant.get<{ rows: Lot[] }>(`/api/stock/lots?itemId=${item.itemId}`);
    expect(rows).toHaveLength(1);
    return rows[0] as Lot;
  };
  const [steel, paint] = [await lotOf("STEEL"), await lotOf("PAINT")];
  const key = await keyWith("quality", [
    {
      objectType: "lot",
      action: "release",
      condition: "object.status = 'quarantine' and object.itemNumber in ('STEEL', 'TUBE')",
    },
  ]);
  const release = ({ lotId }: Lot) =>
    asKey(key, "POST", `/api/stock/lots/${lotId}/release`, { reason: "checked" });
  expect(await release(paint)).toMatchObject(refused);
  expect(await release(steel)).toMatchObject({ status: 200, body: { status: "released" } });
  await plant.post(`/api/stock/lots/${steel.lotId}/block`, { reason: "crack" });
  expect(await release(steel)).toMatchObject(refused);
  const { rows } = await plant.get<{ rows: Lot[] }>("/api/stock/lots");
  expect(rows.map(({ number, status }) => [number, status])).toEqual(
    expect.arrayContaining([
      ["L-PAINT", "quarantine"],
      ["L-STEEL", "blocked"],
    ]),
  );
});

test("an operator says why a machine was down, of their own machines only when the rule says so", async () => {
  const { machines } = await makeLine(plant, ["Bander", "Wrapper"]);
  const [own = "", other = ""] = machines.map(({ workUnitId }) => workUnitId);
  const from = "2026-11-20T08:00:00.000Z";
  await plant.emit(
    [own, other].map((workUnitId) =>
      wentTo(plant.tenantId, { workUnitId, state: "down", at: Date.parse(from) }),
    ),
  );
  await plant.settle();
  const { reasonId } = standardDowntimeReasons[0];
  const give = (key: string, workUnitId: string, version = 0) =>
    asKey(key, "POST", `/api/work-units/${workUnitId}/stops/reason`, { from, reasonId, version });
  expect(await give(await keyOf("viewer"), own)).toMatchObject(refused);
  expect((await give(await keyOf("operator"), own)).status).toBe(200);
  const condition = "object.workCenterName = 'Wrapper' and object.areaName = 'Line'";
  const key = await keyWith("wrapper_operator", [
    { objectType: "machine", action: "give_reason", condition },
  ]);
  expect(await give(key, own, 1)).toMatchObject(refused);
  expect((await give(key, other)).status).toBe(200);
});

/** A key with one of the roles every company begins with. */
async function keyOf(role: string): Promise<string> {
  const asked = { name: role, roles: [role] };
  return (await admin.call<{ key: string }>("POST", "/api/admin/api-keys", asked)).body.key;
}
