import type { UnassignedCount, WorkOrder } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { counted, makeLine, releaseOrder } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { verifyWorkOrder } from "./verify.ts";

const { plant } = await plantOfFile();

async function open(workUnitId: string): Promise<UnassignedCount[]> {
  const path = "/api/unassigned-counts?reason=no_operation";
  const { rows } = await plant.get<{ rows: UnassignedCount[] }>(path);
  return rows.filter((row) => row.workUnitId === workUnitId);
}

/** A machine that counted 4 pieces before anything was ordered, and the order they belong to. */
async function uncalled(name: string) {
  const { machines, item } = await makeLine(plant, [name]);
  const workUnitId = machines[0]?.workUnitId ?? "";
  await plant.emit([counted(plant.tenantId, { workUnitId, delta: 4, at: plant.now() + 1000 })]);
  await plant.settle();
  const { workOrderId } = await releaseOrder(plant, item.itemId, 10);
  const [row] = await open(workUnitId);
  const stretch = { workUnitId, from: row?.from, to: row?.to };
  return { workUnitId, workOrderId, stretch };
}

test("pieces that nobody ordered are listed, and given to an order once", async () => {
  const { workUnitId, workOrderId, stretch } = await uncalled("washer");
  expect(await open(workUnitId)).toMatchObject([{ workUnitName: "washer", good: "4", scrap: "0" }]);
  const assign = () =>
    plant.call("POST", "/api/unassigned-counts/assignment", { ...stretch, workOrderId, step: 10 });
  const both = await Promise.all([assign(), assign()]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect(await open(workUnitId)).toEqual([]);
  const order = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
  expect(order.operations[0]).toMatchObject({ good: "4" });
  const difference = await plant.core.db.inTenant(plant.tenantId, (tx) =>
    verifyWorkOrder(tx, workOrderId),
  );
  expect(difference).toBeNull();
});

test("pieces of a trial run are dismissed with a note, and stay counted", async () => {
  const { workUnitId, stretch } = await uncalled("oven");
  const dismiss = (note: string) =>
    plant.call("POST", "/api/unassigned-counts/dismissal", { ...stretch, note });
  expect(await dismiss("")).toMatchObject({ status: 400 });
  expect(await dismiss("Trial run")).toMatchObject({ status: 200, body: { good: "4" } });
  expect(await open(workUnitId)).toEqual([]);
  expect(await dismiss("Again")).toMatchObject({
    status: 409,
    body: { code: "unassigned_count.none" },
  });
});

test("a person puts a report right, never below zero and never without a reason", async () => {
  const { machines, item } = await makeLine(plant, ["lathe"]);
  const { workOrderId } = await releaseOrder(plant, item.itemId, 10);
  const workUnitId = machines[0]?.workUnitId ?? "";
  await plant.emit([counted(plant.tenantId, { workUnitId, delta: 5, at: plant.now() + 1000 })]);
  await plant.settle();
  const correct = (body: object) =>
    plant.call("POST", `/api/work-orders/${workOrderId}/operations/10/correction`, body);
  expect(await correct({ good: "-6", reason: "Miscounted" })).toMatchObject({
    status: 409,
    body: { code: "operation.correction_too_large" },
  });
  expect(await correct({ good: "-1", scrap: "1" })).toMatchObject({ status: 400 });
  const answer = await correct({ good: "-1", scrap: "1", reason: "Found a crack" });
  expect(answer.body).toMatchObject({ operations: [{ good: "4", scrap: "1" }] });
});

test("nobody reports half a piece, nor what a machine counts by itself", async () => {
  const { machines, item } = await makeLine(plant, ["bench", "press"]);
  const half = await plant.call("POST", "/api/work-orders", {
    itemId: item.itemId,
    quantity: "1.5",
  });
  expect(half).toMatchObject({ status: 400, body: { code: "quantity.too_precise" } });
  const { workOrderId } = await releaseOrder(plant, item.itemId, 10);
  const report = (step: number, good: string) =>
    plant.call("POST", `/api/work-orders/${workOrderId}/operations/${step}/progress`, {
      good,
      scrap: "0",
    });
  expect(await report(10, "0.5")).toMatchObject({ body: { code: "quantity.too_precise" } });
  expect(await report(10, "2")).toMatchObject({ status: 200 });
  await plant.post("/api/edge-nodes", { edgeNodeId: "gateway-press" });
  await plant.post("/api/bindings", {
    edgeNodeId: "gateway-press",
    deviceId: "press",
    metricName: "count",
    role: "count.good",
    workUnitId: machines[1]?.workUnitId,
  });
  expect(await report(20, "1")).toMatchObject({
    status: 409,
    body: { code: "operation.counted_by_machine", allowed: ["correct"] },
  });
});
