import type { Calendar, Gantt, Plan, WorkOrder } from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { counted, makeLine } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { readGantt } from "./gantt-queries.ts";
import { readScheduleTask } from "./schedule/read-task.ts";
import { makeNow, plan } from "./testing.fixture.ts";

const { plant } = await plantOfFile();
let line: Awaited<ReturnType<typeof makeLine>>;

beforeAll(async () => {
  line = await makeLine(plant, ["Saw", "Drill"]);
  const days = [1, 2, 3, 4, 5].map((weekday) => ({
    weekday,
    shifts: [{ name: "Day", start: "06:00", end: "14:00", breaks: [] }],
  }));
  await plant.post<Calendar>("/api/calendars", {
    name: "Day shift",
    timeZone: "UTC",
    weekdays: days,
    workCenterIds: [line.machines[1]?.workCenterId],
  });
});

/** An order of the line: a second a piece on each of both work centers. */
async function firmed(quantity: number, dueDate: string, { item } = line): Promise<WorkOrder> {
  const asked = { itemId: item.itemId, quantity: String(quantity), dueDate };
  const { workOrderId } = await plant.post<WorkOrder>("/api/work-orders", asked);
  return plant.post<WorkOrder>(`/api/work-orders/${workOrderId}/firm`);
}

const gantt = ({ planId }: Plan) => plant.get<Gantt>(`/api/planning/plans/${planId}/gantt`);

test("an empty shop is an empty plan", async () => {
  const made = await plan(plant, "schedules", { seconds: 1 });
  expect(made).toMatchObject({ state: "done", summary: { operations: 0 } });
});

test("plans open operations one after the other, within working time, and explains who is late", async () => {
  // 10:00 on a Friday; the drill works to 14:00, and each order takes two hours a step.
  plant.setClock("2026-11-20T10:00:00Z");
  const orders = [];
  for (const due of ["14:30", "14:30", "15:00"]) {
    orders.push(await firmed(7_200, `2026-11-20T${due}:00Z`));
  }
  const made = await plan(plant, "schedules", { seconds: 1 });
  expect(made).toMatchObject({
    state: "done",
    findings: [],
    summary: { operations: 6, unplanned: 0 },
  });
  const whole = await gantt(made);
  const { operations, late } = whole;
  for (const [index, operation] of operations.entries()) {
    const next = operations[index + 1];
    if (next?.workCenterId !== operation.workCenterId) continue;
    expect(Date.parse(next.starts)).toBeGreaterThanOrEqual(Date.parse(operation.ends));
  }
  const drilled = operations.filter((row) => row.workCenterId === line.machines[1]?.workCenterId);
  for (const { workOrderId, starts } of drilled) {
    const sawn = operations.find((row) => row.workOrderId === workOrderId && row.step === 10);
    expect(Date.parse(starts)).toBeGreaterThanOrEqual(Date.parse(sawn?.ends ?? ""));
  }
  expect(
    drilled.every(({ starts }) =>
      [6, 7, 8, 9, 10, 11, 12, 13].includes(new Date(starts).getUTCHours()),
    ),
  ).toBe(true);
  // One order fits before the drill's weekend.
  expect(late).toHaveLength(2);
  expect(whole).toMatchObject({ isCut: false, isLateCut: false });
  const part = await plant.core.db.inTenant(plant.tenantId, (tx) =>
    readGantt(tx, made.planId, { operationsMax: 4, lateMax: 1 }),
  );
  // Those that start first, and whoever is latest.
  const starts = operations.map((row) => row.starts).toSorted();
  expect(part.operations.map((row) => row.starts).toSorted()).toEqual(starts.slice(0, 4));
  expect(part).toMatchObject({ isCut: true, late: late.slice(0, 1), isLateCut: true });
  const reasons = late.flatMap((order) => order.reasons);
  expect(reasons).toContainEqual(
    expect.objectContaining({ kind: "calendar", workCenter: "Drill" }),
  );
  expect(reasons.find(({ kind }) => kind === "capacity")?.operation).toMatch(/· (10|20)$/);
  for (const { workOrderId } of orders) {
    await plant.post(`/api/work-orders/${workOrderId}/cancel`, { reason: "test" });
  }
});

test("keeps what runs on its machine, and an overdue order late by all it is overdue", async () => {
  plant.setClock("2026-11-23T08:00:00Z");
  const order = await firmed(600, "2026-11-22T08:00:00Z");
  await plant.post(`/api/work-orders/${order.workOrderId}/release`);
  const saw = line.machines[0];
  plant.setClock("2026-11-23T08:01:00Z");
  await plant.emit([
    counted(plant.tenantId, { workUnitId: saw?.workUnitId ?? "", delta: 300, at: plant.now() }),
  ]);
  await plant.settle();
  const made = await plan(plant, "schedules", { seconds: 1 });
  const { operations, late } = await gantt(made);
  const running = operations.find(({ step }) => step === 10);
  expect(running).toMatchObject({ isFixed: true, workCenterId: saw?.workCenterId });
  // 300 of 600 pieces are left, a second each.
  expect(Date.parse(running?.ends ?? "") - Date.parse(running?.starts ?? "")).toBe(5 * 60_000);
  expect(late[0]?.lateMinutes).toBeGreaterThan(24 * 60);
  await plant.post(`/api/work-orders/${order.workOrderId}/cancel`, { reason: "test" });
});

test("a calendar without shifts takes its work center out of the plan, and a finding names it", async () => {
  plant.setClock("2026-11-23T08:00:00Z");
  const closed = await makeLine(plant, ["Lathe"]);
  const workCenterIds = [closed.machines[0]?.workCenterId];
  const calendar = { name: "Closed", timeZone: "UTC", weekdays: [], workCenterIds };
  await plant.post("/api/calendars", calendar);
  const orders = [
    await firmed(60, "2026-11-24T08:00:00Z", closed),
    await firmed(60, "2026-11-24T08:00:00Z"),
  ];
  const made = await plan(plant, "schedules", { seconds: 1 });
  expect(made.findings[0]).toMatchObject({ code: "calendar.empty", culprits: ["Lathe"] });
  const { operations } = await gantt(made);
  expect(operations.map(({ workOrderId, step }) => [workOrderId, step])).toEqual([
    [orders[1]?.workOrderId, 20],
    [orders[1]?.workOrderId, 10],
  ]);
  for (const { workOrderId } of orders) {
    await plant.post(`/api/work-orders/${workOrderId}/cancel`, { reason: "test" });
  }
});

test("more operations than a schedule takes: whole orders are left out by name, those due last", async () => {
  plant.setClock("2026-11-23T08:00:00Z");
  // Two steps each; the first one asked for is due last.
  const orders: WorkOrder[] = [];
  for (const day of [27, 24, 26, 25]) orders.push(await firmed(60, `2026-11-${day}T08:00:00Z`));
  const frame = { startDay: "2026-11-23", timeZone: "UTC", requestedTime: new Date(plant.now()) };
  const read = (operationsMax?: number) =>
    plant.core.db.inTenant(plant.tenantId, (tx) =>
      readScheduleTask(tx, frame, { name: "", seconds: 1, seed: 1 }, operationsMax),
    );
  const [latest, first, third, second] = orders.map(({ number }) => number);
  const cut = await read(5);
  expect(cut.operations.map(({ number, step }) => [number, step])).toEqual([
    [first, 10],
    [first, 20],
    [second, 10],
    [second, 20],
  ]);
  expect(cut.findings).toMatchObject([{ code: "orders.left_out", culprits: [third, latest] }]);
  expect(cut.findings[0]?.message).toContain("2 orders");

  await plant.post(`/api/work-orders/${orders[0]?.workOrderId}/release`);
  plant.setClock("2026-11-23T08:02:00Z");
  const workUnitId = line.machines[0]?.workUnitId ?? "";
  await plant.emit([counted(plant.tenantId, { workUnitId, delta: 6, at: plant.now() })]);
  await plant.settle();
  // What is begun is on a machine, however late it is due.
  const begun = await read(5);
  expect(new Set(begun.operations.map(({ number }) => number))).toEqual(new Set([latest, first]));

  const whole = await read();
  expect([whole.operations.length, whole.findings]).toEqual([8, []]);
  for (const { workOrderId } of orders) {
    await plant.post(`/api/work-orders/${workOrderId}/cancel`, { reason: "test" });
  }
});

test("a running search ends within a second of its cancel", async () => {
  // Too many for their day, so that no plan is proven best and the search goes on.
  for (let minutes = 30; minutes <= 100; minutes += 10) {
    await firmed(minutes * 60, "2026-11-23T12:00:00Z");
  }
  const { planId } = await plant.post<Plan>("/api/planning/schedules", { seconds: 120 });
  const making = makeNow(plant, planId);
  await expect
    .poll(async () => (await plant.get<Plan>(`/api/planning/plans/${planId}`)).progress.note, {
      timeout: 10_000,
    })
    .toBe("searching");
  const asked = performance.now();
  const cancelled = await plant.post<Plan>(`/api/planning/plans/${planId}/cancel`);
  expect(cancelled.state).toBe("cancelled");
  expect(performance.now() - asked).toBeLessThan(1_000);
  const { error } = await making.ended;
  expect(error).toBeNull();
  // Half a second to notice, and the machine of the tests is a busy one.
  expect(performance.now() - asked).toBeLessThan(2_000);
});
