import { coverClaims, type Supply } from "./cover-claims.ts";
import type { Need, OrderRef } from "./need.ts";
import { listNeeds } from "./needs.ts";
import { type MrpPlan, tooLarge } from "./plan.ts";
import { ordersOf } from "./planned-orders.ts";

/** Where a quantity comes from. Rows are those of the input's tables. */
export type PegSupply =
  | { readonly kind: "on_hand" | "receipt"; readonly row: number }
  | { readonly kind: "order"; readonly order: OrderRef }
  /** It comes out beside this order, which is of another point. */
  | { readonly kind: "by_product"; readonly order: OrderRef };

/** What a quantity is for. */
export type PegNeed = Need | { readonly kind: "safety_stock" };

/** A quantity (scaled, > 0) of one point that one supply brings for one need. */
export type Peg = {
  readonly point: number;
  readonly supply: PegSupply;
  readonly need: PegNeed;
  /** Day of the need; the supply may be due later, and then the need is late. */
  readonly needDay: number;
  readonly quantity: number;
  /** It is an alternate: the point that the need is for, and how much of that it stands in for. */
  readonly insteadOf?: { readonly point: number; readonly quantity: number };
};

/**
 * All pegs of a point. Pegging is derived, not stored: netting a point is a pure function of its demands
 * and its parents' orders, so it is done again for the one point that is asked about, this time noting
 * who gets what. Sums are exact both ways: the pegs of a need add up to the need; the pegs of an order
 * to its quantity less what its lot rule brought above all needs.
 *
 * Needs are served in the order of `listNeeds`. What a need takes of an alternate is a peg of the
 * alternate. Time is proportional to the orders of the parents.
 */
export function pegsOfPoint(plan: MrpPlan, point: number): Peg[] {
  const needs = listNeeds(plan, point);
  const pegs: Peg[] = [];
  const nextOrder = orderTaker(plan, point);
  const covered = coveredInstead(plan, point);
  const needOf = (claim: number) => needs.need[claim] ?? safetyStock;
  if (plan.trouble[plan.structure.rank[point] ?? 0] === tooLarge) return pegs;
  coverClaims(plan, point, needs, {
    taken: ({ claim, supply, day, quantity }) => {
      pegs.push({
        point,
        supply: pegSupply(supply),
        need: needOf(claim),
        needDay: day,
        quantity,
      });
    },
    missing: (claim, day, missing) => {
      const need = needOf(claim);
      const instead = covered.get(needKey(need)) ?? 0;
      for (const { order, quantity } of nextOrder(missing - instead)) {
        const supply = { kind: "order", order } as const;
        pegs.push({ point, supply, need, needDay: day, quantity });
      }
    },
  });
  return [...pegs, ...pegsInstead(plan, point)];
}

const safetyStock: PegNeed = { kind: "safety_stock" };

/** How much of each need alternates cover, by `needKey`. */
function coveredInstead({ takings }: MrpPlan, main: number): Map<string, number> {
  const covered = new Map<string, number>();
  for (const taken of takings.get(main) ?? []) {
    const key = needKey(taken.need);
    covered.set(key, (covered.get(key) ?? 0) + taken.covered);
  }
  return covered;
}

function needKey(need: PegNeed): string {
  if (need.kind === "safety_stock") return need.kind;
  return need.kind === "demand" ? `${need.row}` : `${orderKey(need.order)}/${need.use}`;
}

/** What a point gives as an alternate of others. */
function pegsInstead({ structure, takings }: MrpPlan, point: number): Peg[] {
  const takers = structure.alternates?.takersOf.get(point) ?? [];
  return takers.flatMap((main) =>
    (takings.get(main) ?? [])
      .filter(({ alternate }) => alternate === point)
      .flatMap(({ need, day, covered, lots }) =>
        lots.map(({ row, quantity }, index): Peg => ({
          point,
          supply: { kind: "on_hand", row },
          need,
          needDay: day,
          quantity,
          // Said once, with the first lot.
          insteadOf: { point: main, quantity: index === 0 ? covered : 0 },
        })),
      ),
  );
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
  return suppliersOf(plan, order.point).flatMap((component) =>
    pegsOfPoint(plan, component).filter(
      ({ need }) => need.kind === "order" && isSameOrder(need.order, order),
    ),
  );
}

/** Where a demand (a row of the input) is served from; empty when it does not count. */
export function suppliesOfDemand(plan: MrpPlan, row: number): Peg[] {
  const point = plan.demands.point[row] ?? -1;
  if (point < 0) return [];
  const { alternates } = plan.structure;
  return [point, ...(alternates?.alternatesOf.get(point) ?? [])].flatMap((supplier) =>
    pegsOfPoint(plan, supplier).filter(({ need }) => need.kind === "demand" && need.row === row),
  );
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

/** The distinct components of a point, and what may be taken instead of them. */
function suppliersOf({ structure }: MrpPlan, point: number): number[] {
  const { first, component } = structure.components;
  const components = [...component.subarray(first[point], first[point + 1])];
  const { alternates } = structure;
  if (alternates === null) return [...new Set(components)];
  const instead = components.flatMap((main) => alternates.alternatesOf.get(main) ?? []);
  return [...new Set([...components, ...instead])];
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

/** Hands out the orders of a point one after the other, as missing quantities come in order of day. */
function orderTaker(plan: MrpPlan, point: number) {
  const orders = ordersOf(plan, point);
  let ordinal = 0;
  let left = orders[0]?.quantity ?? 0;
  return (missing: number) => {
    const taken: { order: OrderRef; quantity: number }[] = [];
    for (let open = missing; open > 0 && ordinal < orders.length;) {
      const quantity = Math.min(open, left);
      if (quantity > 0) taken.push({ order: { point, ordinal }, quantity });
      open -= quantity;
      left -= quantity;
      if (left > 0) continue;
      ordinal += 1;
      left = orders[ordinal]?.quantity ?? 0;
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
