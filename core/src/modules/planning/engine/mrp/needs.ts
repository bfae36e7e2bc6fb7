import { endOfChain } from "./demand-store.ts";
import { isDemandCounted } from "./gather.ts";
import { startBefore } from "./lead-time.ts";
import { quantityIn } from "./orders.ts";
import type { MrpPlan, OrderRef } from "./plan.ts";
import { required } from "./quantity.ts";

/** What an order or a demand takes of a point. `use` tells apart several lines of one parent with the same component. */
export type Need =
  | { readonly kind: "demand"; readonly row: number }
  | { readonly kind: "order"; readonly order: OrderRef; readonly use: number };

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
  const found = [...demandsOf(plan, point), ...takenByParents(plan, point)];
  found.sort((a, b) => a.day - b.day);
  return {
    day: found.map(({ day }) => day),
    quantity: found.map(({ quantity }) => quantity),
    count: found.length,
    need: found.map(({ need }) => need),
  };
}

type DatedNeed = { need: Need; day: number; quantity: number };

function* demandsOf(plan: MrpPlan, point: number): Generator<DatedNeed> {
  const { demands } = plan;
  for (let row = demands.head[point] ?? endOfChain; row !== endOfChain;) {
    const quantity = demands.quantity[row] ?? 0;
    if (quantity > 0 && isDemandCounted(plan, point, row)) {
      yield { need: { kind: "demand", row }, day: demands.day[row] ?? 0, quantity };
    }
    row = demands.next[row] ?? endOfChain;
  }
}

function* takenByParents(plan: MrpPlan, point: number): Generator<DatedNeed> {
  const { orders } = plan;
  const { uses, rank, byRank } = plan.structure;
  const of = rank[point] ?? 0;
  for (let use = uses.first[of] ?? 0; use < (uses.first[of + 1] ?? 0); use += 1) {
    const parentRank = uses.row[2 * use] ?? 0;
    const factor = uses.row[2 * use + 1] ?? 0;
    const parent = byRank[parentRank] ?? 0;
    const first = orders.first[parentRank] ?? 0;
    for (let ordinal = 0; ordinal < (orders.count[parentRank] ?? 0); ordinal += 1) {
      yield {
        need: { kind: "order", order: { point: parent, ordinal }, use },
        day: startBefore(plan, parent, orders.due[first + ordinal] ?? 0),
        quantity: required(
          quantityIn(orders, parentRank, first + ordinal),
          uses.numerator[factor] ?? 0,
          uses.denominator[factor] ?? 1,
        ),
      };
    }
  }
}
