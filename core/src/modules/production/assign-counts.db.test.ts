import type { WorkOrder } from "@millwright/contracts/api";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { counted, makeLine, moved, releaseOrder } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { verifyWorkOrder } from "./index.ts";

const { plant } = await plantOfFile();

test("counts carry an order through its line to completed, exactly", async () => {
  const { machines, item } = await makeLine(plant, ["saw", "mill"]);
  const { workOrderId } = await releaseOrder(plant, item.itemId, 10);
  const [saw, mill] = unitsOf(machines);
  for (let second = 1; second <= 10; second += 1) {
    const at = plant.now() + second * 1000;
    await plant.emit([
      counted(plant.tenantId, { workUnitId: saw, delta: 1, at }),
      counted(plant.tenantId, { workUnitId: mill, delta: 1, at: at + 500 }),
    ]);
  }
  await plant.settle();
  const order = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
  expect(order).toMatchObject({ state: "completed", good: "10", scrap: "0" });
  expect(order.operations.map(({ state, workUnitId }) => [state, workUnitId])).toEqual([
    ["done", saw],
    ["done", mill],
  ]);
  expect(await verify(workOrderId)).toBeNull();
});

test("over-production stays until the next order starts; then each has its own", async () => {
  const { machines, item } = await makeLine(plant, ["press"]);
  const first = await releaseOrder(plant, item.itemId, 5);
  const [press] = unitsOf(machines);
  const start = plant.now();
  await plant.emit([
    counted(plant.tenantId, { workUnitId: press, delta: 5, at: start + 1000 }),
    counted(plant.tenantId, { workUnitId: press, delta: 2, at: start + 2000 }),
  ]);
  await plant.settle();
  const second = await releaseOrder(plant, item.itemId, 5);
  await plant.emit([
    // The scrap of the last piece of the first order: it must not start the second one.
    counted(plant.tenantId, { workUnitId: press, role: "count.scrap", delta: 1, at: start + 2000 }),
    counted(plant.tenantId, { workUnitId: press, delta: 3, at: start + 3000 }),
  ]);
  await plant.settle();
  const orders = await Promise.all(
    [first, second].map((order) => plant.get<WorkOrder>(`/api/work-orders/${order.workOrderId}`)),
  );
  expect(orders.map(({ state, good, scrap }) => [state, good, scrap])).toEqual([
    ["completed", "7", "1"],
    ["in_progress", "3", "0"],
  ]);
  expect(await verify(first.workOrderId)).toBeNull();
});

test("a person's first report leaves the order to its machine", async () => {
  const { machines, item } = await makeLine(plant, ["grinder"]);
  const { workOrderId } = await releaseOrder(plant, item.itemId, 10);
  const [grinder] = unitsOf(machines);
  await plant.post(`/api/work-orders/${workOrderId}/operations/10/progress`, {
    good: "0",
    scrap: "1",
  });
  const start = plant.now();
  await plant.emit([counted(plant.tenantId, { workUnitId: grinder, delta: 3, at: start + 1000 })]);
  await plant.settle();
  await plant.emit([counted(plant.tenantId, { workUnitId: grinder, delta: 2, at: start + 3000 })]);
  await plant.settle();
  const order = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
  expect(order.operations).toMatchObject([
    { state: "running", workUnitId: grinder, good: "5", scrap: "1" },
  ]);
  expect(await unassigned(grinder)).toEqual([]);
  expect(await verify(workOrderId)).toBeNull();
});

test("one count larger than the order starts the next orders with the rest", async () => {
  const { machines, item } = await makeLine(plant, ["punch"]);
  const [punch] = unitsOf(machines);
  const orders = [
    await releaseOrder(plant, item.itemId, 10),
    await releaseOrder(plant, item.itemId, 50),
  ];
  const start = plant.now();
  const back = start + 600_000;
  await plant.emit([counted(plant.tenantId, { workUnitId: punch, delta: 3, at: start + 1000 })]);
  await plant.settle();
  await plant.emit([
    counted(plant.tenantId, { workUnitId: punch, delta: 30, from: start + 1000, at: back }),
  ]);
  await plant.settle();
  const read = () =>
    Promise.all(
      orders.map(async ({ workOrderId }) => {
        const { state, good } = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
        return [state, good];
      }),
    );
  const shared = [
    ["completed", "10"],
    ["in_progress", "23"],
  ];
  expect(await read()).toEqual(shared);
  // What the machine did in between arrives late: no order may lose what it got.
  const entries = [
    { at: start + 120_000, delta: 10 },
    { at: back - 1000, delta: 20 },
    { at: back, delta: -30 },
  ];
  await plant.emit([moved(plant.tenantId, { workUnitId: punch, entries })]);
  await plant.emit([counted(plant.tenantId, { workUnitId: punch, delta: 1, at: back + 1000 })]);
  await plant.settle();
  expect(await read()).toEqual([
    ["completed", "10"],
    ["in_progress", "24"],
  ]);
  expect(await unassigned(punch)).toEqual([]);
  for (const { workOrderId } of orders) expect(await verify(workOrderId)).toBeNull();
});

test("one count fills three orders in turn, and the last one keeps what is over", async () => {
  const { machines, item } = await makeLine(plant, ["stamp"]);
  const [stamp] = unitsOf(machines);
  const orders = [];
  for (const quantity of [10, 5, 4]) {
    orders.push(await releaseOrder(plant, item.itemId, quantity));
  }
  await plant.emit([
    counted(plant.tenantId, { workUnitId: stamp, delta: 30, at: plant.now() + 1000 }),
  ]);
  await plant.settle();
  const read = orders.map(({ workOrderId }) =>
    plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`),
  );
  expect((await Promise.all(read)).map(({ good }) => good)).toEqual(["10", "5", "15"]);
});

test("counts that nobody ordered wait for a person", async () => {
  const { machines } = await makeLine(plant, ["washer"]);
  const [washer] = unitsOf(machines);
  await plant.emit([
    counted(plant.tenantId, { workUnitId: washer, delta: 4, at: plant.now() + 1000 }),
  ]);
  await plant.settle();
  expect(await unassigned(washer)).toEqual([{ reason: "no_operation", good: "4", scrap: "0" }]);
});

test("a closed order takes nothing any more", async () => {
  const { machines, item } = await makeLine(plant, ["oven"]);
  const { workOrderId } = await releaseOrder(plant, item.itemId, 1);
  const [oven] = unitsOf(machines);
  const start = plant.now();
  await plant.emit([counted(plant.tenantId, { workUnitId: oven, delta: 1, at: start + 1000 })]);
  await plant.settle();
  await plant.post(`/api/work-orders/${workOrderId}/close`);
  await plant.emit([counted(plant.tenantId, { workUnitId: oven, delta: 2, at: start + 2000 })]);
  await plant.settle();
  expect(await unassigned(oven)).toEqual([{ reason: "order_closed", good: "2", scrap: "0" }]);
});

test("late readings move pieces in time, and to another order only where another one ran", async () => {
  const { machines, item } = await makeLine(plant, ["lathe"]);
  const { workOrderId } = await releaseOrder(plant, item.itemId, 100);
  const [lathe] = unitsOf(machines);
  const start = plant.now();
  const back = start + 600_000;
  await plant.emit([
    counted(plant.tenantId, { workUnitId: lathe, delta: 1, at: start + 1000 }),
    counted(plant.tenantId, { workUnitId: lathe, delta: 30, from: start + 1000, at: back }),
    moved(plant.tenantId, {
      workUnitId: lathe,
      entries: [
        { at: start + 120_000, delta: 10 },
        { at: start + 240_000, delta: 20 },
        { at: back, delta: -30 },
      ],
    }),
  ]);
  await plant.settle();
  const order = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
  expect(order.good).toBe("31");
  const minutes = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ good: string }>`
      select good from production.count_minute
       where work_unit_id = ${lathe} and good <> 0 order by minute`.execute(tx.over());
    return rows.map((row) => row.good);
  });
  expect(minutes).toEqual(["1", "10", "20"]);
  expect(await verify(workOrderId)).toBeNull();
});

test("a held order lets the next one have the machine, and goes on after resume", async () => {
  const { machines, item } = await makeLine(plant, ["drill"]);
  const [drill] = unitsOf(machines);
  const first = await releaseOrder(plant, item.itemId, 10);
  const second = await releaseOrder(plant, item.itemId, 2);
  const start = plant.now();
  const count = (second: number, delta: number) =>
    plant.emit([counted(plant.tenantId, { workUnitId: drill, delta, at: start + second * 1000 })]);
  await count(1, 3);
  await plant.settle();
  await plant.post(`/api/work-orders/${first.workOrderId}/hold`, { reason: "tool" });
  await count(2, 2);
  await plant.settle();
  await plant.post(`/api/work-orders/${first.workOrderId}/resume`);
  await count(3, 7);
  await plant.settle();
  const orders = await Promise.all(
    [first, second].map((order) => plant.get<WorkOrder>(`/api/work-orders/${order.workOrderId}`)),
  );
  expect(orders.map(({ state, good }) => [state, good])).toEqual([
    ["completed", "10"],
    ["completed", "2"],
  ]);
});

function unitsOf(machines: readonly { workUnitId: string }[]): [string, string] {
  const [first, second] = machines;
  return [first?.workUnitId ?? "", second?.workUnitId ?? ""];
}

function verify(workOrderId: string) {
  return plant.core.db.inTenant(plant.tenantId, (tx) => verifyWorkOrder(tx, workOrderId));
}

function unassigned(workUnitId: string) {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql`
      select reason, sum(good)::text as good, sum(scrap)::text as scrap
        from production.unassigned_count
       where work_unit_id = ${workUnitId}
       group by reason`.execute(tx.over());
    return rows;
  });
}
