import { endOfChain } from "./demand-store.ts";
import { isDemandCounted } from "./gather.ts";
import type { Need } from "./need.ts";
import type { MrpPlan } from "./plan.ts";
import { ordersOf } from "./planned-orders.ts";
import { required } from "./quantity.ts";

/** The needs of a point as claims, in the order in which they are served. */
export type Needs = {
  readonly day: number[];
  readonly quantity: number[];
  readonly count: number;
  readonly need: readonly Need[];
};

/**
 * The needs of a point, one by one: by day, and on one day demands, then BOM lines, each as they stand in
 * their table. Its parents are planned already. Time is proportional to their orders.
 */
export function listNeeds(plan: MrpPlan, point: number): Needs {
  const found: DatedNeed[] = [];
  addDemands(plan, point, found);
  addTakenByParents(plan, point, found);
  found.sort((a, b) => a.day - b.day);
  return {
    day: found.map(({ day }) => day),
    quantity: found.map(({ quantity }) => quantity),
    count: found.length,
    need: found.map(({ need }) => need),
  };
}

type DatedNeed = { need: Need; day: number; quantity: number };

function addDemands(plan: MrpPlan, point: number, found: DatedNeed[]): void {
  const { demands } = plan;
  for (let row = demands.head[point] ?? endOfChain; row !== endOfChain;) {
    const quantity = demands.quantity[row] ?? 0;
    if (quantity > 0 && isDemandCounted(plan, point, row)) {
      found.push({ need: { kind: "demand", row }, day: demands.day[row] ?? 0, quantity });
    }
    row = demands.next[row] ?? endOfChain;
  }
}

function addTakenByParents(plan: MrpPlan, point: number, found: DatedNeed[]): void {
  const { uses, rank, byRank } = plan.structure;
  const of = rank[point] ?? 0;
  for (let use = uses.first[of] ?? 0; use < (uses.first[of + 1] ?? 0); use += 1) {
    const parent = byRank[uses.row[2 * use] ?? 0] ?? 0;
    const factor = uses.row[2 * use + 1] ?? 0;
    const numerator = uses.numerator[factor] ?? 0;
    const denominator = uses.denominator[factor] ?? 1;
    for (const [ordinal, { start, quantity }] of ordersOf(plan, parent).entries()) {
      found.push({
        need: { kind: "order", order: { point: parent, ordinal }, use },
        day: start,
        quantity: required(quantity, numerator, denominator),
      });
    }
  }
}
