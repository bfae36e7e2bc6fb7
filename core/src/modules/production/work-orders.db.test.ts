import type { HistoryEvent, Item, WorkOrder, WorkOrderSummary } from "@millwright/contracts/api";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";

import { makeLine, releaseOrder } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { verifyWorkOrder } from "./index.ts";

const { plant } = await plantOfFile();
let item: Item;

beforeAll(async () => {
  ({ item } = await makeLine(plant, ["saw", "bench"]));
});

describe("draft", () => {
  test("copies the routing, takes the next number, and is refused nothing it may do", async () => {
    const order = await draft(20);
    expect(order).toMatchObject({ state: "draft", quantity: "20", good: "0", version: 1 });
    expect(order.number).toMatch(/^WO-\d{6}$/);
    expect(order.operations.map(({ step, state }) => [step, state])).toEqual([
      [10, "waiting"],
      [20, "waiting"],
    ]);
    expect(order.commands["firm"]).toEqual({ isAllowed: true, reason: null });
    expect(order.commands["release"]).toEqual({
      isAllowed: false,
      reason: "A work order can release only when it is firmed; it is draft.",
    });
  });

  test("numbers follow each other, past one that a person took", async () => {
    const next = numberOf(await draft(1)) + 1;
    const taken = `WO-${String(next).padStart(6, "0")}`;
    await plant.post("/api/work-orders", { itemId: item.itemId, quantity: "1", number: taken });
    expect(numberOf(await draft(1))).toBe(next + 1);
  });

  test.each([
    {
      why: "an unknown item",
      change: { itemId: crypto.randomUUID() },
      status: 404,
      code: "item.unknown",
    },
    {
      why: "no quantity",
      change: { quantity: "0" },
      status: 400,
      code: "work_order.quantity_not_positive",
    },
    { why: "a float", change: { quantity: 1.5 }, status: 400, code: "request.not_valid" },
  ])("refuses $why", async ({ change, status, code }) => {
    const body = { itemId: item.itemId, quantity: "5", ...change };
    expect(await plant.call("POST", "/api/work-orders", body)).toMatchObject({
      status,
      body: { code },
    });
  });

  test("refuses a number in use, and an item that is bought", async () => {
    const { number } = await draft(1);
    const again = { itemId: item.itemId, quantity: "1", number };
    expect(await plant.call("POST", "/api/work-orders", again)).toMatchObject({
      status: 409,
      body: { code: "work_order.number_taken" },
    });
    const bought = await plant.post<Item>("/api/items", {
      number: "SCREW",
      name: "Screw",
      kind: "buy",
      uom: "pc",
      operations: [],
    });
    const asked = { itemId: bought.itemId, quantity: "1" };
    expect(await plant.call("POST", "/api/work-orders", asked)).toMatchObject({
      status: 409,
      body: { code: "item.not_made" },
    });
  });
});

describe("commands", () => {
  test("an order's whole life by hand, every step in its history", async () => {
    const { workOrderId } = await releaseOrder(plant, item.itemId, 2);
    const path = `/api/work-orders/${workOrderId}`;
    await plant.post(`${path}/operations/10/progress`, { good: "2", scrap: "0" });
    await plant.post(`${path}/hold`, { reason: "no crates" });
    await plant.post(`${path}/resume`);
    await plant.post(`${path}/operations/20/progress`, { good: "1", scrap: "1" });
    expect(await plant.get(path)).toMatchObject({ state: "completed", good: "1", scrap: "1" });
    await plant.post(`${path}/close`);
    const events = await history(workOrderId);
    expect(events.map(({ type }) => type)).toEqual([
      "work_order.drafted",
      "work_order.firmed",
      "work_order.released",
      "operation.readied",
      "work_order.started",
      "operation.started",
      "operation.progress_reported",
      "operation.done",
      "operation.readied",
      "work_order.held",
      "work_order.resumed",
      "operation.started",
      "operation.progress_reported",
      "operation.done",
      "work_order.completed",
      "work_order.closed",
    ]);
    expect(events[9]?.payload).toMatchObject({ reason: "no crates" });
    expect(events[0]?.actor).toMatchObject({ kind: "system", name: "Test" });
    expect(await verify(workOrderId)).toBeNull();
  });

  test("complete and cancel end what is open", async () => {
    const first = await releaseOrder(plant, item.itemId, 9);
    await plant.post(`/api/work-orders/${first.workOrderId}/operations/10/progress`, {
      good: "1",
      scrap: "0",
    });
    expect(
      await plant.post<WorkOrder>(`/api/work-orders/${first.workOrderId}/complete`),
    ).toMatchObject({ state: "completed", operations: [{ state: "done" }, { state: "skipped" }] });
    const second = await releaseOrder(plant, item.itemId, 9);
    const reason = { reason: "customer left" };
    expect(
      await plant.post<WorkOrder>(`/api/work-orders/${second.workOrderId}/cancel`, reason),
    ).toMatchObject({
      state: "cancelled",
      operations: [{ state: "cancelled" }, { state: "cancelled" }],
    });
    expect(await verify(second.workOrderId)).toBeNull();
  });

  test("a refused command says where the order is, what was asked and what is allowed", async () => {
    const { workOrderId } = await draft(1);
    const answer = await plant.call("POST", `/api/work-orders/${workOrderId}/release`);
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: "work_order.transition_refused",
        current: "draft",
        asked: "release",
        allowed: ["firm", "cancel"],
      },
    });
  });

  test.each(["hold", "cancel"])("refuses to %s without a reason", async (command) => {
    const { workOrderId } = await releaseOrder(plant, item.itemId, 1);
    const path = `/api/work-orders/${workOrderId}/${command}`;
    for (const body of [undefined, {}, { reason: " " }]) {
      expect(await plant.call("POST", path, body)).toMatchObject({
        status: 400,
        body: { code: "work_order.reason_missing" },
      });
    }
  });

  test("refuses an unknown order, command and step", async () => {
    const lost = `/api/work-orders/${crypto.randomUUID()}`;
    for (const [method, path] of [
      ["POST", `${lost}/firm`],
      ["GET", lost],
      ["GET", `${lost}/events`],
    ] as const) {
      expect(await plant.call(method, path)).toMatchObject({
        status: 404,
        body: { code: "work_order.unknown" },
      });
    }
    const { workOrderId } = await releaseOrder(plant, item.itemId, 1);
    const path = `/api/work-orders/${workOrderId}`;
    expect(await plant.call("POST", `${path}/explode`)).toMatchObject({ status: 400 });
    const pieces = { good: "1", scrap: "0" };
    expect(await plant.call("POST", `${path}/operations/99/progress`, pieces)).toMatchObject({
      status: 404,
      body: { code: "operation.unknown" },
    });
    expect(await plant.call("POST", `${path}/operations/20/progress`, pieces)).toMatchObject({
      status: 409,
      body: { code: "operation.not_open", current: "waiting" },
    });
  });
});

describe("two at once", () => {
  test("ten users release one order: one wins, the others are refused", async () => {
    const { workOrderId } = await draft(1);
    await plant.post(`/api/work-orders/${workOrderId}/firm`);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        plant.call("POST", `/api/work-orders/${workOrderId}/release`),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array(9).fill(409),
    ]);
    expect(await verify(workOrderId)).toBeNull();
  });

  test("reports of ten people at once all count", async () => {
    const { workOrderId } = await releaseOrder(plant, item.itemId, 100);
    const path = `/api/work-orders/${workOrderId}/operations/10/progress`;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => plant.call("POST", path, { good: "3", scrap: "1" })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const order = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
    expect(order.operations[0]).toMatchObject({ good: "30", scrap: "10" });
    expect(await verify(workOrderId)).toBeNull();
  });

  test("one idempotency key acts once, also at the same time, and answers the same", async () => {
    const { workOrderId } = await releaseOrder(plant, item.itemId, 100);
    const path = `/api/work-orders/${workOrderId}/operations/10/progress`;
    const key = crypto.randomUUID();
    const report = () => plant.call("POST", path, { good: "5", scrap: "0" }, key);
    const [first, second] = await Promise.all([report(), report()]);
    expect(second).toEqual(first);
    expect(await report()).toEqual(first);
    expect(first).toMatchObject({ body: { operations: [{ good: "5" }, { good: "0" }] } });
    const other = await plant.call("POST", path, { good: "6", scrap: "0" }, key);
    expect(other).toMatchObject({ status: 409, body: { code: "idempotency_key.reused" } });
  });

  test("a repeated request is answered as the first time, though it would be refused now", async () => {
    const { workOrderId } = await releaseOrder(plant, item.itemId, 100);
    const hold = (key: string) =>
      plant.call("POST", `/api/work-orders/${workOrderId}/hold`, { reason: "no material" }, key);
    const [key, another] = [crypto.randomUUID(), crypto.randomUUID()];
    const held = await hold(key);
    expect(held).toMatchObject({ status: 200, body: { state: "on_hold" } });
    const refused = await hold(another);
    expect(refused.status).toBe(409);
    await plant.post(`/api/work-orders/${workOrderId}/resume`, {});
    expect(await hold(key)).toEqual(held);
    expect(await plant.get(`/api/work-orders/${workOrderId}`)).toMatchObject({ state: "released" });
    // A refusal is not kept: its key is decided anew.
    expect(await hold(another)).toMatchObject({ status: 200, body: { state: "on_hold" } });
  });

  test("an answer is repeated for 24 hours; then its key is free", async () => {
    const { workOrderId } = await releaseOrder(plant, item.itemId, 100);
    const path = `/api/work-orders/${workOrderId}/operations/10/progress`;
    const key = crypto.randomUUID();
    const report = async () => {
      const { body } = await plant.call("POST", path, { good: "5", scrap: "0" }, key);
      return (body as WorkOrder).operations[0]?.good;
    };
    const keptSince = (hours: number) =>
      plant.core.db.inTenant(plant.tenantId, (tx) =>
        sql`update platform.idempotency_key
               set created_time = now() - make_interval(hours => ${hours})
             where key = ${key}`.execute(tx.over()),
      );
    expect(await report()).toBe("5");
    await keptSince(23);
    expect(await report()).toBe("5");
    await keptSince(25);
    expect(await report()).toBe("10");
    expect(await report()).toBe("10");
  });
});

test("the list is newest first, by page, state and search", async () => {
  const orders: WorkOrder[] = [];
  for (const second of [1, 2, 3]) {
    plant.setClock(`2026-11-20T10:10:0${second}Z`);
    orders.push(await draft(second));
  }
  const ids = orders.map(({ workOrderId }) => workOrderId).reverse();
  const first = await list("?limit=2");
  const second = await list(`?limit=1&cursor=${first.nextCursor}`);
  expect([...first.rows, ...second.rows].map(({ workOrderId }) => workOrderId)).toEqual(ids);
  expect((await list(`?search=${orders[1]?.number.toLowerCase()}`)).rows).toHaveLength(1);
  const drafts = await list("?state=draft&limit=200");
  expect(new Set(drafts.rows.map(({ state }) => state))).toEqual(new Set(["draft"]));
  expect(await plant.call("GET", "/api/work-orders?limit=1000")).toMatchObject({ status: 400 });
});

function numberOf(order: WorkOrder): number {
  return Number(order.number.slice(3));
}

function draft(quantity: number): Promise<WorkOrder> {
  const body = { itemId: item.itemId, quantity: String(quantity) };
  return plant.post<WorkOrder>("/api/work-orders", body);
}

function list(query: string) {
  return plant.get<{ rows: WorkOrderSummary[]; nextCursor: string | null }>(
    `/api/work-orders${query}`,
  );
}

/** Oldest first, over as many pages as there are. */
async function history(workOrderId: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "?limit=7" : `?limit=7&cursor=${cursor}`;
    const page: { rows: HistoryEvent[]; nextCursor: string | null } = await plant.get(
      `/api/work-orders/${workOrderId}/events${query}`,
    );
    events.push(...page.rows);
    cursor = page.nextCursor;
  }
  return events.reverse();
}

function verify(workOrderId: string) {
  return plant.core.db.inTenant(plant.tenantId, (tx) => verifyWorkOrder(tx, workOrderId));
}
