import { composeInput, type MrpRecords } from "./compose-input.ts";
import type { Finding } from "./finding.ts";
import { findingsOf, type MrpPlan } from "./plan.ts";
import { ordersOf as readOrders } from "./planned-orders.ts";
import { decimalFromScaled } from "./quantity.ts";
import { runMrp } from "./run.ts";

/** A planned order as [start day, due day, quantity]. */
export type Row = [start: number, due: number, quantity: string];

/** Runs MRP on records with two decimals and reads the plan by id. */
export function planned(records: Omit<MrpRecords, "decimals">): {
  plan: MrpPlan;
  ordersOf: (id: string) => Row[];
  codes: () => string[];
  findings: Finding[];
} {
  const composed = composeInput({ ...records, decimals: 2 });
  const plan = runMrp(composed.input);
  return {
    plan,
    ordersOf: (id) => {
      const point = records.points.findIndex((each) => each.id === id);
      return readOrders(plan, point).map(({ start, due, quantity }) => [
        start,
        due,
        decimalFromScaled(quantity, 2),
      ]);
    },
    findings: [...composed.findings, ...findingsOf(plan)],
    codes: () =>
      [...composed.findings, ...findingsOf(plan)]
        .map(
          ({ code, points }) =>
            `${code}: ${points.map((row) => records.points[row]?.id).join(" ")}`,
        )
        .toSorted(),
  };
}
