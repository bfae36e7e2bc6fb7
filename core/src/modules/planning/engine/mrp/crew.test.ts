import { expect, test } from "vitest";

import { helpMrp } from "../../mrp/help-mrp.ts";
import { type Crew, planAlong } from "./crew.ts";
import { allocateInput, type MrpInput, supplyKinds } from "./input.ts";
import { findingsOf, type MrpPlan } from "./plan.ts";
import { orderCount, ordersOf } from "./planned-orders.ts";
import { runMrp } from "./run.ts";

const input = factory(1_000);
const alone = rowsOf(runMrp(input));

test("two threads make the plan of one", () => {
  expect(rowsOf(runMrp(input, { crew: helpMrp }))).toEqual(alone);
});

test("a helper plans from a copy of what it is given, and its findings are there", () => {
  const plan = runMrp(input, { crew: planByCopy });
  expect(rowsOf(plan)).toEqual(alone);
  expect(findingsOf(plan)).toEqual(findingsOf(runMrp(input)));
  expect(findingsOf(plan).map(({ code }) => code)).toContain("lot_rule.too_many_orders");
});

test("a helper that never comes is not missed", () => {
  expect(rowsOf(runMrp(input, { crew: () => {} }))).toEqual(alone);
});

test("orders beyond the room that was reserved are planned by one thread that can make room", () => {
  expect(rowsOf(runMrp(input, { crew: fillRoom }))).toEqual(alone);
});

test("a helper that fails with work in hand fails the run", () => {
  expect(() => runMrp(input, { crew: failAtWork })).toThrow("a helping thread failed");
});

const planByCopy: Crew = (run) => planAlong(structuredClone(run));
const fillRoom: Crew = ({ plan: { orders } }) => orders.room?.fill(orders.due.length);
const failAtWork: Crew = ({ progress }) => {
  Atomics.add(progress.next, 0, 1);
  Atomics.store(progress.failed, 0, 1);
};

function rowsOf(plan: MrpPlan): number[][] {
  expect(orderCount(plan)).toBeGreaterThan(5_000);
  return Array.from({ length: plan.input.points.count }, (_, point) =>
    ordersOf(plan, point).flatMap(({ start, due, quantity }) => [start, due, quantity]),
  );
}

/** Points of five levels, each a component of three of the level above; all kinds of rules and supply. */
function factory(points: number): MrpInput {
  const perLevel = points / 5;
  const made = allocateInput({
    decimals: 0,
    points,
    lines: 3 * (points - perLevel),
    demands: 5 * perLevel,
    onHand: points,
    receipts: perLevel,
    calendars: [{ name: "week", firstDay: -90, working: Uint8Array.from(week(400)) }],
    lotRules: [
      { rule: "lot_for_lot" },
      { rule: "fixed", quantity: 40 },
      { rule: "period_order_quantity", days: 5 },
      { rule: "wagner_whitin", partPeriods: 300 },
      { rule: "economic_order_quantity", quantity: 70 },
      { rule: "min_max_multiple", minimum: 10, maximum: 20, multiple: 5 },
    ],
    factors: [
      { numerator: 1, denominator: 1 },
      { numerator: 51, denominator: 50 },
    ],
  });
  for (let point = 0; point < points; point += 1) {
    made.points.kind[point] = supplyKinds.indexOf("make");
    made.points.leadDays[point] = point % 3;
    made.points.calendar[point] = point % 4 === 0 ? 0 : -1;
    made.points.lotRule[point] = point % 6;
    made.points.safetyStock[point] = point % 5 === 0 ? 12 : 0;
    made.onHand.point[point] = point;
    made.onHand.quantity[point] = (point * 7) % 60;
    made.onHand.lastDay[point] = point % 9 === 0 ? 30 : 2 ** 31 - 1;
  }
  for (let line = 0; line < made.lines.count; line += 1) {
    const component = perLevel + Math.floor(line / 3);
    const above = Math.floor(component / perLevel) - 1;
    made.lines.component[line] = component;
    made.lines.parent[line] = above * perLevel + ((line * 31) % perLevel);
    made.lines.factor[line] = line % 2;
  }
  for (let row = 0; row < made.demands.count; row += 1) {
    made.demands.point[row] = row % perLevel;
    made.demands.day[row] = (row * 13) % 60;
    made.demands.quantity[row] = row === 5 ? 21_000 : 1 + (row % 9);
  }
  for (let row = 0; row < perLevel; row += 1) {
    made.receipts.point[row] = row * 9;
    made.receipts.day[row] = row % 40;
    made.receipts.quantity[row] = 15;
  }
  return made;
}

function week(days: number): number[] {
  return Array.from({ length: days }, (_, day) => (day % 7 < 5 ? 1 : 0));
}
