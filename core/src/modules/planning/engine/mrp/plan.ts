import { checkInput } from "./check-input.ts";
import { uint8Column } from "./columns.ts";
import { type DemandStore, storeDemands } from "./demand-store.ts";
import type { Finding } from "./finding.ts";
import type { MrpInput } from "./input.ts";
import { createOrders, type Orders } from "./orders.ts";
import type { OrderNews } from "./order-news.ts";
import { type PointTerms, pointTerms } from "./point-terms.ts";
import type { Requirements } from "./requirements.ts";
import type { Taken } from "./need.ts";
import { buildStructure, type Structure } from "./structure.ts";
import { windowOf, type Window } from "./window.ts";

/**
 * A finished run and all it stands on, so that pegging and net change need nothing else. Points are
 * rows of the input; `input` is as it was checked, and shares columns with what was given.
 */
export type MrpPlan = {
  readonly input: MrpInput;
  readonly structure: Structure;
  readonly orders: Orders;
  /** What was wrong with the input. */
  readonly inputFindings: readonly Finding[];
  /** What went wrong while planning a point, by rank: row of `troubles`. */
  readonly trouble: Uint8Array;
  /** The demands of `input` and those added since; read these. */
  readonly demands: DemandStore;
  /** What planning asks of a point, as it is now: stock changes. */
  readonly terms: PointTerms;
  /** Null before the first net change, and where none is made (see `prepareNetChange`). */
  netChange: NetChange | null;
  /** What is left of each row of stock on hand for those that may take it as an alternate. */
  readonly spare: Float64Array;
  /** By main component: what its needs take of alternates instead. */
  readonly takings: Map<number, Taken[]>;
  /** Scratch space, empty between points. */
  readonly window: Window;
};

/** What one net change leaves to the next, beside the plan. */
export type NetChange = {
  /** The gross requirements by day, as far as they are kept. */
  readonly requirements: Requirements;
  /** Which orders were changed so far; empty between net changes. */
  readonly news: OrderNews;
  /**
   * By step: its level; while it is to be taken again, the complement of the last word left for it, which
   * is below 0 (see `DirtySteps`).
   */
  readonly marks: Int32Array;
  /** Row r of the structure's `components` is `below[2r]`, and takes `below[2r + 1]`, or `noFactor`. */
  readonly below: Int32Array;
};

/** Everything of a run but the orders. */
export function preparePlan(given: MrpInput): MrpPlan {
  const { input, findings } = checkInput(given);
  const structure = buildStructure(input);
  for (const cycle of structure.cycles) {
    findings.push({
      code: "structure.cycle",
      points: cycle,
      message:
        "these points are components or by-products of themselves; lines between points of the cycle are left out",
    });
  }
  for (const { main, alternate } of structure.alternates?.circular ?? []) {
    findings.push({
      code: "alternate.circular",
      points: [main, alternate],
      message: "the alternate is made of what it would replace; it is not taken",
    });
  }
  const window = windowOf(input, structure);
  return {
    input,
    structure,
    orders: createOrders(input.points.count, input.points.count * window.gross.length),
    inputFindings: findings,
    trouble: uint8Column(input.points.count),
    demands: storeDemands(input),
    terms: pointTerms(input, structure),
    netChange: null,
    spare: new Float64Array(structure.alternates === null ? 0 : input.onHand.count),
    takings: new Map(),
    window,
  };
}

/** All findings, those of the input first. */
export function findingsOf(plan: MrpPlan): Finding[] {
  const findings = [...plan.inputFindings];
  for (const [rank, trouble] of plan.trouble.entries()) {
    const found = troubles[trouble];
    if (found === undefined || found === null) continue;
    findings.push({ ...found, points: [plan.structure.byRank[rank] ?? 0] });
  }
  return findings;
}

/** What planning a point may run into; 0 is nothing. */
const troubles = [
  null,
  {
    code: "quantity.too_large",
    message: "a requirement or an order exceeds 2^53 units of the last decimal; not planned",
  },
  {
    code: "lot_rule.too_many_orders",
    message:
      "the maximum order quantity splits one need into more orders than can be meant; the last takes the rest",
  },
] as const satisfies readonly (Omit<Finding, "points"> | null)[];

export const noTrouble = 0;
export const tooLarge = 1;
export const tooManyOrders = 2;
