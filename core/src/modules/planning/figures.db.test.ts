import type { Gantt, Item, WorkOrder } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { makeLine, makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { planningFigures } from "./figures.ts";
import { plan, putPolicy } from "./testing.fixture.ts";

const { plant } = await plantOfFile();

/** What Prometheus would be told now. */
async function figures(): Promise<Record<string, number>> {
  const at = { now: new Date(plant.now()), settings: await plant.core.settings.of(plant.tenantId) };
  return plant.core.db.inSnapshot(plant.tenantId, async (tx) => {
    const told: Record<string, number> = {};
    for (const { name, read } of planningFigures) {
      told[name.replace("millwright_", "")] = await read(tx, at);
    }
    return told;
  });
}

test("the schedule lag is that of the open operation which is furthest behind", async () => {
  expect(await figures()).toMatchObject({
    schedule_lag_seconds: 0,
    operations_behind_schedule: 0,
  });
  const { item } = await makeLine(plant, ["Saw", "Drill"]);
  const asked = { itemId: item.itemId, quantity: "600", dueDate: "2026-11-20T14:00:00Z" };
  const { workOrderId } = await plant.post<WorkOrder>("/api/work-orders", asked);
  await plant.post(`/api/work-orders/${workOrderId}/firm`);
  const { planId } = await plan(plant, "schedules", { seconds: 1 });
  const { operations } = await plant.get<Gantt>(`/api/planning/plans/${planId}/gantt`);
  const ends = operations.map((operation) => Date.parse(operation.ends)).sort((a, b) => a - b);
  expect(ends).toHaveLength(2);
  const [first = 0, second = 0] = ends;

  plant.setClock(new Date(first - 1_000).toISOString());
  expect(await figures()).toMatchObject({ schedule_lag_seconds: 0 });
  plant.setClock(new Date(first + 60_000).toISOString());
  expect(await figures()).toMatchObject({
    schedule_lag_seconds: 60,
    operations_behind_schedule: 1,
  });
  plant.setClock(new Date(second + 120_000).toISOString());
  expect(await figures()).toMatchObject({
    schedule_lag_seconds: (second - first) / 1_000 + 120,
    operations_behind_schedule: 2,
  });

  // A what-if and a plan that failed say nothing; what nobody makes any more is not behind.
  await plan(plant, "schedules", { seconds: 1, name: "later" });
  expect(await figures()).toMatchObject({ schedule_lag_seconds: 0 });
  plant.setClock(new Date(plant.now() + 24 * 3_600_000).toISOString());
  expect((await figures())["operations_behind_schedule"]).toBe(2);
  await plant.post(`/api/work-orders/${workOrderId}/cancel`, { reason: "test" });
  expect(await figures()).toMatchObject({
    schedule_lag_seconds: 0,
    operations_behind_schedule: 0,
  });
});

async function below(): Promise<number | undefined> {
  return (await figures())["items_below_safety_stock"];
}

test("an item is below its safety stock until as much can be taken", async () => {
  const kept = { kind: "buy", uom: "pc", operations: [] };
  const [bolt, nut] = await Promise.all(
    ["BOLT", "NUT"].map((number) =>
      plant.post<Item>("/api/items", { ...kept, number, name: number }),
    ),
  );
  const itemId = bolt?.itemId ?? "";
  const safety = async (of: string | undefined, safetyStock: string) => {
    const saved = await putPolicy(plant, of ?? "", { leadDays: 5, safetyStock });
    expect(saved.status).toBe(200);
  };
  await safety(itemId, "5");
  await safety(nut?.itemId, "0");
  expect(await below()).toBe(1);

  const supplier = await makePlace(plant, "supplier", "SUP");
  const site = await makePlace(plant, "site", "S");
  const bin = await makePlace(plant, "bin", "B", await makePlace(plant, "warehouse", "W", site));
  const receive = (quantity: string) =>
    plant.post("/api/stock/moves", {
      moves: [
        {
          moveId: crypto.randomUUID(),
          itemId,
          quantity,
          fromLocationId: supplier,
          toLocationId: bin,
          reason: "test",
        },
      ],
    });
  await receive("4");
  expect(await below()).toBe(1);
  await receive("1");
  expect(await below()).toBe(0);
  // What is kept for somebody cannot be taken.
  await plant.post("/api/stock/reservations", {
    itemId,
    locationId: bin,
    quantity: "1",
    reference: "work_order:x",
  });
  expect(await below()).toBe(1);
});
