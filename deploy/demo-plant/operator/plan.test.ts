import type { WorkOrder } from "@millwright/contracts/api";
import { toQuantity } from "@millwright/contracts/units";
import { describe, expect, test } from "vitest";

import { randomFrom } from "../machines/random.ts";
import { dispatch } from "./dispatch.ts";
import { type OpenOrder, orderToHold, planNext } from "./plan.ts";

const order = (workOrderId: string, state: OpenOrder["state"], itemNumber = "BR-100") => ({
  workOrderId,
  state,
  itemNumber,
});

describe("the planner", () => {
  test("on an empty plant drafts an order", () => {
    expect(planNext([], randomFrom(1, "plan"))).toEqual([
      expect.objectContaining({ kind: "draft", quantity: expect.any(Number) }),
    ]);
  });

  test("moves the oldest order of each state on, one step a round", () => {
    const orders = [
      order("d1", "draft"),
      order("d2", "draft"),
      order("f1", "firmed"),
      order("c1", "completed"),
      order("c2", "completed"),
      order("c3", "completed"),
    ];
    expect(planNext(orders, randomFrom(1, "plan"))).toEqual([
      { kind: "command", command: "close", workOrderId: "c1" },
      { kind: "command", command: "release", workOrderId: "f1" },
      { kind: "command", command: "firm", workOrderId: "d1" },
    ]);
  });

  test("releases nothing to a full line, and drafts nothing when enough is ahead", () => {
    const orders = [
      ...Array.from({ length: 8 }, (_, index) => order(`p${index}`, "in_progress")),
      order("f1", "firmed"),
      order("f2", "firmed"),
      order("d1", "draft"),
      order("d2", "draft"),
    ];
    expect(planNext(orders, randomFrom(1, "plan"))).toEqual([]);
  });

  test("drafts for the mill that has less to do", () => {
    const orders = ["BR-100", "BR-120", "BR-200"].map((item) => order(item, "in_progress", item));
    expect(planNext(orders, randomFrom(1, "plan"))).toEqual([
      expect.objectContaining({ itemNumber: "BR-220" }),
    ]);
  });

  test("holds at most one order", () => {
    const random = randomFrom(1, "plan");
    const running = order("p1", "in_progress");
    expect(orderToHold([running], { random, chance: 1 })).toBe("p1");
    expect(orderToHold([running, order("h1", "on_hold")], { random, chance: 1 })).toBeNull();
    expect(orderToHold([running], { random, chance: 0 })).toBeNull();
  });
});

test("a work center gets the first operation that may run, and what is still missing of it", () => {
  const saw = "00000000-0000-4000-8000-000000000001";
  const mill = "00000000-0000-4000-8000-000000000002";
  const jobs = dispatch([
    workOrder("WO-1", "on_hold", [[10, saw, "ready", 0]]),
    workOrder("WO-2", "in_progress", [
      [10, saw, "done", 12],
      [20, mill, "running", 5],
    ]),
    workOrder("WO-3", "released", [
      [10, saw, "ready", 0],
      [20, mill, "waiting", 0],
    ]),
  ]);
  expect(jobs.get(saw)).toMatchObject({ number: "WO-3", step: 10, remaining: 12 });
  expect(jobs.get(mill)).toMatchObject({ number: "WO-2", step: 20, remaining: 7, waiting: 7 });
});

test("what was scrapped upstream is not asked of the next machine", () => {
  const saw = "00000000-0000-4000-8000-000000000001";
  const mill = "00000000-0000-4000-8000-000000000002";
  const order = workOrder("WO-1", "in_progress", [
    [10, saw, "done", 10],
    [20, mill, "running", 7],
  ]);
  expect(dispatch([order]).get(mill)?.remaining).toBe(3);
});

function workOrder(
  number: string,
  state: WorkOrder["state"],
  operations: [number, string, WorkOrder["operations"][number]["state"], number][],
): WorkOrder {
  return {
    workOrderId: `00000000-0000-4000-9000-00000000000${number.at(-1)}`,
    number,
    itemId: "00000000-0000-4000-8000-00000000000a",
    itemNumber: "BR-100",
    itemName: "Angle bracket 100",
    uom: "pc",
    quantity: toQuantity(12),
    good: toQuantity(0),
    scrap: toQuantity(0),
    state,
    dueDate: null,
    version: 1,
    currentStep: null,
    currentOperationName: null,
    commands: {},
    operations: operations.map(([step, workCenterId, operationState, good]) => ({
      step,
      name: `step ${step}`,
      workCenterId,
      workCenterName: "",
      workUnitId: null,
      state: operationState,
      good: toQuantity(good),
      scrap: toQuantity(0),
      runMsPerUnit: 1,
      setupMs: 0,
      startedTime: null,
      doneTime: null,
    })),
  };
}
