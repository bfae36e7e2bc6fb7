import fc from "fast-check";
import { expect, test } from "vitest";

import { workingDaysBefore } from "./calendar.ts";
import { allocateInput, everyDay, type MrpInput, noFence, supplyKinds } from "./input.ts";
import type { LotRule } from "./lot-sizing.ts";
import { receiptMessages } from "./messages.ts";
import { needsOfOrder, type Peg, pegsOfPoint, suppliesOfOrder } from "./pegging.ts";
import { findingsOf, type MrpPlan } from "./plan.ts";
import { orderAt, ordersOf } from "./planned-orders.ts";
import { type Change, replan } from "./replan.ts";
import { runMrp } from "./run.ts";

const points = 8;

test("every need is pegged exactly, from supply that exists, in time, and nothing is used twice", () => {
  fc.assert(
    fc.property(anyInput(), (input) => {
      const plan = runMrp(input);
      // A long chain of factors can ask for more orders than a maximum quantity may split a need into.
      const findings = findingsOf(plan).filter(
        ({ code }) => code !== "lot_rule.too_many_orders" && code !== "alternate.circular",
      );
      expect(findings).toEqual([]);
      for (let point = 0; point < points; point += 1) checkPegs(plan, point);
    }),
    { numRuns: 150 },
  );
});

test("what a planned order takes of its components is the quantity of the order, lot-sized", () => {
  fc.assert(
    fc.property(anyInput(), (input) => {
      const plan = runMrp(input);
      for (let point = 0; point < points; point += 1) {
        for (const [ordinal, order] of ordersOf(plan, point).entries()) {
          const pegs = suppliesOfOrder(plan, { point, ordinal });
          const alternates = pegs.filter(({ insteadOf }) => insteadOf !== undefined);
          for (let line = 0; line < input.lines.count; line += 1) {
            if (input.lines.parent[line] !== point) continue;
            const component = input.lines.component[line] ?? 0;
            const own = pegs.filter((peg) => peg.point === component && !peg.insteadOf);
            expect(sum(own) + coveredFor(alternates, component)).toBe(
              takenBy(input, point, component, order.quantity),
            );
            for (const peg of own) expect(peg.needDay).toBe(order.start);
          }
        }
      }
    }),
  );
});

test("net change gives the plan of a full run, and says which points changed", () => {
  const dated = fc.record({
    row: fc.nat(3),
    day: fc.integer({ min: -20, max: 90 }),
    quantity: fc.nat(500),
  });
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc
      .record({
        point: fc.nat(points - 1),
        day: fc.integer({ min: -20, max: 90 }),
        quantity: fc.nat(500),
        isForecast: fc.boolean(),
      })
      .map((demand): Change => ({ kind: "demand_added", ...demand })),
    dated.map((demand): Change => ({ kind: "demand_changed", ...demand })),
    dated.map((receipt): Change => ({ kind: "receipt_changed", ...receipt })),
    fc
      .record({ row: fc.nat(3), quantity: fc.nat(500) })
      .map((stock): Change => ({ kind: "on_hand_changed", ...stock })),
  );
  const changesUponChanges = fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 4,
  });
  // Requirements above 2^32 are kept in two halves.
  const scale = fc.constantFrom(1, 1, 9_000_000, 40_000_000);
  fc.assert(
    fc.property(anyInput(), changesUponChanges, scale, (drawn, batches, times) => {
      const input = enlarged(drawn, times);
      const plan = runMrp(input);
      const given = structuredClone(input);
      for (const batch of batches) {
        const changes = batch.map((each) => ({ ...each, quantity: each.quantity * times }));
        const before = rowsOf(plan);
        const { changed } = replan(plan, changes);
        const full = runMrp({ ...plan.input, demands: plan.demands });
        const after = rowsOf(full);
        expect(rowsOf(plan)).toEqual(after);
        expect(allPegs(plan)).toEqual(allPegs(full));
        expect(plan.trouble).toEqual(full.trouble);
        const differing = after.flatMap((rows, point) =>
          JSON.stringify(rows) === JSON.stringify(before[point]) ? [] : [point],
        );
        expect([...changed].toSorted((a, b) => a - b)).toEqual(differing);
      }
      expect(input).toEqual(given);
    }),
    { numRuns: 200 },
  );
});

test("an alternate gives only what nobody needs of it, and gives it before anything is ordered", () => {
  let given = 0;
  fc.assert(
    fc.property(anyInput(), (input) => {
      const plan = runMrp(input);
      const pegs = allPegs(plan);
      given += pegs.flat().filter(({ insteadOf }) => insteadOf !== undefined).length;
      for (let point = 0; point < points; point += 1) checkSparing(plan, point, pegs);
      for (let row = 0; row < input.alternates.count; row += 1) checkTaken(plan, row, pegs);
    }),
    { numRuns: 600 },
  );
  // A test of nothing would pass too.
  expect(given).toBeGreaterThan(50);
});

test("a refused change leaves the plan as it was", () => {
  const [input] = fc.sample(anyInput(), { numRuns: 1, seed: 7 });
  if (input === undefined) throw new Error("no sample");
  const plan = runMrp(input);
  const before = rowsOf(plan);
  const { refused, netted } = replan(plan, [
    { kind: "demand_added", point: 99, day: 1, quantity: 1, isForecast: false },
    { kind: "demand_added", point: 0, day: 1, quantity: 0.5, isForecast: false },
    { kind: "demand_changed", row: 99, day: 1, quantity: 1 },
    { kind: "receipt_changed", row: 0, day: 1, quantity: -1 },
    { kind: "on_hand_changed", row: 0, quantity: Number.NaN },
  ]);
  expect(refused).toHaveLength(5);
  expect(netted).toEqual([]);
  expect(rowsOf(plan)).toEqual(before);
});

/** Where an own need of a point got no stock, no stock that was good then was given away. */
function checkSparing({ input }: MrpPlan, point: number, pegs: readonly Peg[][]): void {
  const [instead = [], own = []] = [true, false].map((isInstead) =>
    (pegs[point] ?? []).filter(({ insteadOf }) => (insteadOf !== undefined) === isInstead),
  );
  const short = own.filter(({ supply }) => supply.kind !== "on_hand");
  const lastShort = Math.min(Infinity, ...short.map(({ needDay }) => needDay));
  for (const { supply } of instead) {
    if (supply.kind !== "on_hand") throw new Error("an alternate gives stock on hand only");
    expect(input.onHand.lastDay[supply.row]).toBeLessThan(lastShort);
  }
}

/** What is ordered for a need is more than the stock that its alternate has left on that day. */
function checkTaken(plan: MrpPlan, row: number, pegs: readonly Peg[][]): void {
  const { input, structure } = plan;
  const { line, demand, point, factor } = input.alternates;
  const alternate = point[row] ?? 0;
  const main =
    input.lines.component[line[row] ?? -1] ?? input.demands.point[demand[row] ?? -1] ?? 0;
  if (structure.alternates?.circular.some((pair) => pair.main === main) === true) return;
  const { numerator = 1, denominator = 1 } = input.factors[factor[row] ?? 0] ?? {};
  const parent = input.lines.parent[line[row] ?? -1];
  const ordered = (pegs[main] ?? []).filter(
    ({ supply, need, insteadOf }) =>
      supply.kind === "order" &&
      insteadOf === undefined &&
      ((need.kind === "demand" && need.row === demand[row]) ||
        (need.kind === "order" && need.order.point === parent && isOnlyLine(input, parent, main))),
  );
  for (const [, of] of Map.groupBy(ordered, ({ need }) => JSON.stringify(need))) {
    const left = spareOn(plan, alternate, of[0]?.needDay ?? 0, pegs[alternate] ?? []);
    const covers = (left * BigInt(denominator)) / BigInt(numerator);
    const step = BigInt(input.points.step[main] ?? 1);
    expect(covers < BigInt(sum(of)) && covers < step).toBe(true);
  }
}

function isOnlyLine({ lines }: MrpInput, parent: number | undefined, component: number): boolean {
  const same = [...lines.parent].filter(
    (of, line) => of === parent && lines.component[line] === component,
  );
  return same.length === 1;
}

/** Stock of a point that is good on a day and that nobody has. */
function spareOn({ input }: MrpPlan, point: number, day: number, pegs: readonly Peg[]): bigint {
  let left = 0n;
  for (let row = 0; row < input.onHand.count; row += 1) {
    if (input.onHand.point[row] !== point || (input.onHand.lastDay[row] ?? 0) < day) continue;
    const taken = pegs.filter(({ supply }) => supply.kind === "on_hand" && supply.row === row);
    left += BigInt((input.onHand.quantity[row] ?? 0) - sum(taken));
  }
  return left;
}

function allPegs(plan: MrpPlan): Peg[][] {
  return Array.from({ length: points }, (_, point) => pegsOfPoint(plan, point));
}

/** How much of what is needed of a point alternates cover. */
function coveredFor(alternates: readonly Peg[], main: number): number {
  return alternates
    .filter(({ insteadOf }) => insteadOf?.point === main)
    .reduce((total, { insteadOf }) => total + (insteadOf?.quantity ?? 0), 0);
}

function checkPegs(plan: MrpPlan, point: number): void {
  const pegs = pegsOfPoint(plan, point);
  const { input } = plan;
  const instead = allPegs(plan)
    .flat()
    .filter(({ insteadOf }) => insteadOf?.point === point);
  const ofDemand = (row: number) =>
    pegs.filter(({ need, insteadOf }) => need.kind === "demand" && need.row === row && !insteadOf);

  for (let row = 0; row < input.demands.count; row += 1) {
    if (input.demands.point[row] !== point) continue;
    const replaced = instead.filter(({ need }) => need.kind === "demand" && need.row === row);
    expect(sum(ofDemand(row)) + coveredFor(replaced, point)).toBe(input.demands.quantity[row]);
  }
  for (let parent = 0; parent < point; parent += 1) {
    for (const [ordinal, { quantity }] of ordersOf(plan, parent).entries()) {
      const isFor = ({ need }: Peg) =>
        need.kind === "order" && need.order.point === parent && need.order.ordinal === ordinal;
      const of = pegs.filter((peg) => isFor(peg) && !peg.insteadOf);
      const replaced = coveredFor(instead.filter(isFor), point);
      expect(sum(of) + replaced).toBe(takenBy(input, parent, point, quantity));
    }
  }
  for (let row = 0; row < input.onHand.count; row += 1) {
    if (input.onHand.point[row] !== point) continue;
    const of = pegs.filter(({ supply }) => supply.kind === "on_hand" && supply.row === row);
    expect(sum(of)).toBeLessThanOrEqual(input.onHand.quantity[row] ?? 0);
    for (const { needDay } of of) {
      expect(needDay).toBeLessThanOrEqual(input.onHand.lastDay[row] ?? 0);
    }
  }
  checkByProducts(plan, point, pegs);
  const messages = receiptMessages(plan, point);
  for (let row = 0; row < input.receipts.count; row += 1) {
    if (input.receipts.point[row] !== point) continue;
    const of = pegs.filter(({ supply }) => supply.kind === "receipt" && supply.row === row);
    expect(sum(of)).toBeLessThanOrEqual(input.receipts.quantity[row] ?? 0);
    const early = of.some(({ needDay }) => needDay < (input.receipts.day[row] ?? 0));
    const expedited = messages.some((each) => each.action === "expedite" && each.receipt === row);
    expect(expedited).toBe(early);
  }
  for (const [ordinal, order] of ordersOf(plan, point).entries()) {
    const of = needsOfOrder(plan, { point, ordinal });
    expect(sum(of)).toBeLessThanOrEqual(order.quantity);
    // No order without a need: only what a lot rule adds is without a peg.
    expect(sum(of)).toBeGreaterThan(0);
    const fence = input.points.planningFence[point] ?? noFence;
    for (const { needDay } of of) {
      expect(order.due).toBeLessThanOrEqual(Math.max(needDay, fence));
    }
    expect(order.start).toBe(startOf(plan, point, order.due));
  }
}

/** No more is taken than comes out beside an order, and not before it does. */
function checkByProducts(plan: MrpPlan, point: number, pegs: readonly Peg[]): void {
  const { input } = plan;
  const taken = pegs.flatMap(({ supply, needDay, quantity }) =>
    supply.kind === "by_product" ? [{ ...supply.order, needDay, quantity }] : [],
  );
  for (const [key, of] of Map.groupBy(taken, (each) => `${each.point}/${each.ordinal}`)) {
    const [parent = 0, ordinal = 0] = key.split("/").map(Number);
    const order = orderAt(plan, { point: parent, ordinal });
    let made = 0n;
    for (let output = 0; output < input.byProducts.count; output += 1) {
      if (input.byProducts.parent[output] !== parent) continue;
      if (input.byProducts.product[output] !== point) continue;
      const { numerator = 0, denominator = 1 } =
        input.factors[input.byProducts.factor[output] ?? 0] ?? {};
      made += (BigInt(order.quantity) * BigInt(numerator)) / BigInt(denominator);
    }
    expect(of.reduce((total, { quantity }) => total + quantity, 0)).toBeLessThanOrEqual(
      Number(made),
    );
    for (const { needDay } of of) expect(needDay).toBeGreaterThanOrEqual(order.due);
  }
}

function startOf({ input, structure }: MrpPlan, point: number, due: number): number {
  if (supplyKinds[input.points.kind[point] ?? 0] === "phantom") return due;
  const calendar = structure.calendars[input.points.calendar[point] ?? everyDay];
  const lead = input.points.leadDays[point] ?? 0;
  return calendar === undefined ? due - lead : workingDaysBefore(calendar, due, lead);
}

/** Exact, by other means than the engine: big integers. */
function takenBy(input: MrpInput, parent: number, component: number, quantity: number): number {
  let total = 0n;
  for (let line = 0; line < input.lines.count; line += 1) {
    if (input.lines.parent[line] !== parent || input.lines.component[line] !== component) continue;
    const factor = input.factors[input.lines.factor[line] ?? 0];
    const under = BigInt(factor?.denominator ?? 1);
    const over = BigInt(quantity) * BigInt(factor?.numerator ?? 0);
    total += (over + under - 1n) / under;
  }
  return Number(total);
}

function sum(pegs: readonly Peg[]): number {
  return pegs.reduce((total, { quantity }) => total + quantity, 0);
}

function rowsOf(plan: MrpPlan): number[][] {
  return Array.from({ length: points }, (_, point) =>
    ordersOf(plan, point).flatMap(({ start, due, quantity }) => [start, due, quantity]),
  );
}

/** Eight points in which a component always has a higher number than its parents; all kinds of rules. */
function anyInput(): fc.Arbitrary<MrpInput> {
  const day = fc.integer({ min: -5, max: 60 });
  const quantity = fc.nat(400);
  const lotRule: fc.Arbitrary<LotRule> = fc.oneof(
    { weight: 3, arbitrary: fc.constant<LotRule>({ rule: "lot_for_lot" }) },
    fc.record({ rule: fc.constant("fixed"), quantity: fc.integer({ min: 1, max: 300 }) }),
    fc.record({
      rule: fc.constant("economic_order_quantity"),
      quantity: fc.integer({ min: 1, max: 300 }),
    }),
    fc.record({
      rule: fc.constant("period_order_quantity"),
      days: fc.integer({ min: 1, max: 20 }),
    }),
    fc.record({ rule: fc.constant("wagner_whitin"), partPeriods: fc.nat(5_000) }),
    fc.record({
      rule: fc.constant("min_max_multiple"),
      minimum: fc.nat(60),
      maximum: fc.constantFrom(0, 100, 700),
      multiple: fc.constantFrom(0, 1, 20),
    }),
  );
  const point = fc.record({
    kind: fc.nat(3),
    leadDays: fc.nat(6),
    safetyLeadDays: fc.constantFrom(0, 0, 2),
    calendar: fc.constantFrom(everyDay, 0),
    safetyStock: fc.constantFrom(0, 0, 150),
    step: fc.constantFrom(1, 1, 10),
    planningFence: fc.constantFrom(noFence, noFence, 12),
    lotRule,
  });
  const rows = (count: number) =>
    fc.array(fc.record({ point: fc.nat(points - 1), day, quantity }), {
      minLength: count,
      maxLength: count,
    });
  const line = fc.record({
    parent: fc.nat(points - 2),
    below: fc.nat(points - 2),
    numerator: fc.integer({ min: 1, max: 7 }),
    denominator: fc.constantFrom(1, 1, 3, 50),
  });
  const alternate = fc.record({
    /** Of the lines or demands, counted round. */
    row: fc.nat(99),
    of: fc.constantFrom("line" as const, "demand" as const),
    point: fc.nat(points - 1),
    numerator: fc.integer({ min: 1, max: 4 }),
    denominator: fc.constantFrom(1, 1, 3),
  });
  const lot = fc.record({
    point: fc.nat(points - 1),
    quantity,
    lastDay: fc.constantFrom(2 ** 31 - 1, 10, 30),
  });
  const working = fc
    .array(fc.boolean(), { minLength: 60, maxLength: 60 })
    .map((days) => Uint8Array.from([true, ...days], Number));
  return fc
    .record({
      points: fc.array(point, { minLength: points, maxLength: points }),
      lines: fc.array(line, { maxLength: 16 }),
      byProducts: fc.array(line, { maxLength: 3 }),
      alternates: fc.array(alternate, { maxLength: 6 }),
      demands: rows(6),
      receipts: rows(4),
      onHand: fc.array(lot, { minLength: 4, maxLength: 4 }),
      working,
    })
    .map(withSenders)
    .map((drawn) => {
      const input = allocateInput({
        decimals: 2,
        points,
        lines: drawn.lines.length,
        byProducts: drawn.byProducts.length,
        demands: drawn.demands.length,
        onHand: drawn.onHand.length,
        receipts: drawn.receipts.length,
        calendars: [{ name: "some", firstDay: -10, working: drawn.working }],
        lotRules: drawn.points.map((each) => each.lotRule),
        alternates: drawn.alternates.length,
        factors: [...drawn.lines, ...drawn.byProducts, ...drawn.alternates],
      });
      fill(input.points, drawn.points);
      input.points.lotRule.set(drawn.points.map((_, row) => row));
      fill(input.lines, drawn.lines);
      input.lines.factor.set(drawn.lines.map((_, row) => row));
      input.lines.component.set(drawn.lines.map(below));
      fill(input.byProducts, drawn.byProducts);
      input.byProducts.factor.set(drawn.byProducts.map((_, row) => drawn.lines.length + row));
      input.byProducts.product.set(drawn.byProducts.map(below));
      fill(input.demands, drawn.demands);
      fillAlternates(input, drawn.alternates);
      fill(input.receipts, drawn.receipts);
      fill(input.onHand, drawn.onHand);
      return input;
    });
}

/** Of some line or demand, never of the point itself. */
function fillAlternates(
  input: MrpInput,
  drawn: readonly { row: number; of: "line" | "demand"; point: number }[],
): void {
  const { alternates, lines, demands, factors } = input;
  for (const [at, { row, of: drawnOf, point }] of drawn.entries()) {
    const of = lines.count === 0 ? "demand" : drawnOf;
    const mains = of === "line" ? lines.component : demands.point;
    const main = mains[row % mains.length];
    alternates[of][at] = row % mains.length;
    alternates.point[at] = point === main ? (point + 1) % points : point;
    alternates.factor[at] = factors.length - drawn.length + at;
  }
}

type Parented = { parent: number; below: number; numerator: number; denominator: number };

/** A point that gets its item by transfer has one line, to the point that sends it; the last sends. */
function withSenders<
  Drawn extends { points: { kind: number }[]; lines: Parented[]; byProducts: Parented[] },
>(drawn: Drawn): Drawn {
  const transfer = supplyKinds.indexOf("transfer");
  const kinds = drawn.points.map(({ kind }, row) =>
    kind === transfer && row === points - 1 ? supplyKinds.indexOf("buy") : kind,
  );
  const isMade = ({ parent }: Parented) => kinds[parent] !== transfer;
  const senders = kinds.flatMap((kind, parent) =>
    kind === transfer ? [{ parent, below: parent, numerator: 1, denominator: 1 }] : [],
  );
  return {
    ...drawn,
    points: drawn.points.map((point, row) => ({ ...point, kind: kinds[row] ?? 0 })),
    lines: [...drawn.lines.filter(isMade), ...senders],
    byProducts: drawn.byProducts.filter(isMade),
  };
}

/** A point of a higher number than the parent. */
function below({ parent, below: drawn }: { parent: number; below: number }): number {
  return parent + 1 + (drawn % (points - 1 - parent));
}

/** The same factory with more of everything. */
function enlarged(input: MrpInput, times: number): MrpInput {
  const { demands, onHand, receipts } = input;
  for (const { quantity } of [demands, onHand, receipts]) {
    for (const row of quantity.keys()) quantity[row] = (quantity[row] ?? 0) * times;
  }
  return input;
}

/** Copies the members of records into the typed columns of the same name. */
function fill(table: object, records: readonly object[]): void {
  for (const [name, column] of Object.entries(table)) {
    for (const [row, record] of records.entries()) {
      const value = Object.entries(record).find(([key]) => key === name)?.[1];
      if (ArrayBuffer.isView(column) && typeof value === "number") {
        Object.assign(column, { [row]: value });
      }
    }
  }
}
