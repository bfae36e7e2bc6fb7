import { coverClaims, safetyStockClaim, type Supply } from "./cover-claims.ts";
import { endOfChain } from "./demand-store.ts";
import { isDemandCounted } from "./gather.ts";
import type { MrpPlan } from "./plan.ts";
import { required } from "./quantity.ts";

/** A planned order: the `ordinal`-th of its point, in order of due day, from 0. */
export type OrderRef = { readonly point: number; readonly ordinal: number };

/** Where a quantity comes from. Rows are those of the input's tables. */
export type PegSupply =
  | { readonly kind: "on_hand" | "receipt"; readonly row: number }
  | { readonly kind: "order"; readonly order: OrderRef }
  /** It comes out beside this order, which is of another point. */
  | { readonly kind: "by_product"; readonly order: OrderRef };

/** What a quantity is for. `use` tells apart several lines of one parent with the same component. */
export type PegNeed =
  | { readonly kind: "demand"; readonly row: number }
  | { readonly kind: "order"; readonly order: OrderRef; readonly use: number }
  | { readonly kind: "safety_stock" };

/** A quantity (scaled, > 0) of one point that one supply brings for one need. */
export type Peg = {
  readonly point: number;
  readonly supply: PegSupply;
  readonly need: PegNeed;
  /** Day of the need; the supply may be due later, and then the need is late. */
  readonly needDay: number;
  readonly quantity: number;
};

/**
 * All pegs of a point. Pegging is derived, not stored: netting a point is a pure function of its demands
 * and its parents' orders, so it is done again for the one point that is asked about, this time noting
 * who gets what. Sums are exact both ways: the pegs of a need add up to the need; the pegs of an order
 * to its quantity less what its lot rule brought above all needs.
 *
 * Needs of one day are served in this order: demands, then BOM lines, each as they stand in their table. Time is proportional to the orders of the parents.
 */
export function pegsOfPoint(plan: MrpPlan, point: number): Peg[] {
  const needs = listNeeds(plan, point);
  const pegs: Peg[] = [];
  const nextOrder = orderTaker(plan, point);
  if (plan.pointFindings.get(point)?.code === "quantity.too_large") return pegs;
  coverClaims(plan, point, needs, {
    taken: ({ claim, supply, day, quantity }) => {
      pegs.push({
        point,
        supply: pegSupply(supply),
        need: needs.of(claim),
        needDay: day,
        quantity,
      });
    },
    missing: (claim, day, missing) => {
      for (const { order, quantity } of nextOrder(missing)) {
        const supply = { kind: "order", order } as const;
        pegs.push({ point, supply, need: needs.of(claim), needDay: day, quantity });
      }
    },
  });
  return pegs;
}

function pegSupply(supply: Supply): PegSupply {
  if (supply.kind === "by_product") return { kind: supply.kind, order: supply.order };
  return { kind: supply.kind, row: supply.row };
}

/** Upwards, one level: what an order is for. */
export function needsOfOrder(plan: MrpPlan, order: OrderRef): Peg[] {
  return pegsOfPoint(plan, order.point).filter(
    ({ supply }) => supply.kind === "order" && isSameOrder(supply.order, order),
  );
}

/** Downwards, one level: where the components of an order come from. */
export function suppliesOfOrder(plan: MrpPlan, order: OrderRef): Peg[] {
  return componentsOf(plan, order.point).flatMap((component) =>
    pegsOfPoint(plan, component).filter(
      ({ need }) => need.kind === "order" && isSameOrder(need.order, order),
    ),
  );
}

/** Where a demand (a row of the input) is served from; empty when it does not count. */
export function suppliesOfDemand(plan: MrpPlan, row: number): Peg[] {
  const point = plan.demands.point[row] ?? -1;
  if (point < 0) return [];
  return pegsOfPoint(plan, point).filter(({ need }) => need.kind === "demand" && need.row === row);
}

/** Pegs through all levels. `isComplete` is false when `pegsMax` stopped it. */
export type PegTree = { readonly pegs: readonly Peg[]; readonly isComplete: boolean };

/** Upwards through all levels to demands and safety stocks; each order is followed once. */
export function pegUpwards(plan: MrpPlan, order: OrderRef, pegsMax = 10_000): PegTree {
  return follow(plan, order, pegsMax, needsOfOrder, ({ need }) =>
    need.kind === "order" ? need.order : null,
  );
}

/** Downwards through all levels to stock, receipts and bought orders; each order is followed once. */
export function pegDownwards(plan: MrpPlan, order: OrderRef, pegsMax = 10_000): PegTree {
  return follow(plan, order, pegsMax, suppliesOfOrder, ({ supply }) =>
    supply.kind === "order" ? supply.order : null,
  );
}

/** The distinct components of a point. */
export function componentsOf({ structure }: MrpPlan, point: number): number[] {
  const { first, component } = structure.components;
  return [...new Set(component.subarray(first[point], first[point + 1]))];
}

function follow(
  plan: MrpPlan,
  start: OrderRef,
  pegsMax: number,
  pegsOf: (plan: MrpPlan, order: OrderRef) => Peg[],
  next: (peg: Peg) => OrderRef | null,
): PegTree {
  const pegs: Peg[] = [];
  const seen = new Set([orderKey(start)]);
  const queue = [start];
  for (const order of queue) {
    for (const peg of pegsOf(plan, order)) {
      if (pegs.length === pegsMax) return { pegs, isComplete: false };
      pegs.push(peg);
      const onward = next(peg);
      if (onward === null || seen.has(orderKey(onward))) continue;
      seen.add(orderKey(onward));
      queue.push(onward);
    }
  }
  return { pegs, isComplete: true };
}

/** The needs of a point as claims, in the order in which they are served. */
function listNeeds(plan: MrpPlan, point: number) {
  const found: { need: PegNeed; day: number; quantity: number }[] = [];
  const { demands } = plan;
  for (let row = demands.head[point] ?? endOfChain; row !== endOfChain;) {
    const quantity = demands.quantity[row] ?? 0;
    if (quantity > 0 && isDemandCounted(plan, point, row)) {
      found.push({ need: { kind: "demand", row }, day: demands.day[row] ?? 0, quantity });
    }
    row = demands.next[row] ?? endOfChain;
  }
  const { uses } = plan.structure;
  for (let use = uses.first[point] ?? 0; use < (uses.first[point + 1] ?? 0); use += 1) {
    const parent = uses.row[2 * use] ?? 0;
    const factor = uses.row[2 * use + 1] ?? 0;
    const first = plan.orders.first[parent] ?? 0;
    for (let ordinal = 0; ordinal < (plan.orders.count[parent] ?? 0); ordinal += 1) {
      found.push({
        need: { kind: "order", order: { point: parent, ordinal }, use },
        day: plan.orders.start[first + ordinal] ?? 0,
        quantity: required(
          plan.orders.quantity[first + ordinal] ?? 0,
          uses.numerator[factor] ?? 0,
          uses.denominator[factor] ?? 1,
        ),
      });
    }
  }
  found.sort((a, b) => a.day - b.day);
  const safetyStock: PegNeed = { kind: "safety_stock" };
  return {
    day: found.map(({ day }) => day),
    quantity: found.map(({ quantity }) => quantity),
    count: found.length,
    of: (claim: number) =>
      claim === safetyStockClaim ? safetyStock : (found[claim]?.need ?? safetyStock),
  };
}

/** Hands out the orders of a point one after the other, as missing quantities come in order of day. */
function orderTaker({ orders }: MrpPlan, point: number) {
  const first = orders.first[point] ?? 0;
  let ordinal = 0;
  let left = orders.quantity[first] ?? 0;
  return (missing: number) => {
    const taken: { order: OrderRef; quantity: number }[] = [];
    for (let open = missing; open > 0 && ordinal < (orders.count[point] ?? 0);) {
      const quantity = Math.min(open, left);
      if (quantity > 0) taken.push({ order: { point, ordinal }, quantity });
      open -= quantity;
      left -= quantity;
      if (left > 0) continue;
      ordinal += 1;
      left = orders.quantity[first + ordinal] ?? 0;
    }
    return taken;
  };
}

function isSameOrder(a: OrderRef, b: OrderRef): boolean {
  return a.point === b.point && a.ordinal === b.ordinal;
}

function orderKey({ point, ordinal }: OrderRef): string {
  return `${point}/${ordinal}`;
}
