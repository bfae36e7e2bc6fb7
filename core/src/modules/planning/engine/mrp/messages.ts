import { noFence, supplyKinds } from "./input.ts";
import { pegsOfPoint } from "./pegging.ts";
import type { OrderRef } from "./need.ts";
import type { MrpPlan } from "./plan.ts";
import { ordersOf } from "./planned-orders.ts";

/**
 * What a planner should do (action messages). The plan counts on `expedite`: a receipt that comes too
 * late is expected on its day of need, not ordered a second time. It does not count on `increase`.
 */
export type ActionMessage =
  /** A receipt that should come earlier or may come later, or that was due before day 0. */
  | { action: "expedite" | "defer"; receipt: number; fromDay: number; toDay: number }
  | { action: "past_due"; receipt: number; fromDay: number }
  /** Less of a receipt is needed; `cancel` when none of it is. */
  | { action: "decrease"; receipt: number; toQuantity: number }
  | { action: "cancel"; receipt: number }
  /** Needs inside the planning fence are short: the last receipt there could bring them in time. */
  | { action: "increase"; receipt: number; toQuantity: number }
  /** A planned order that starts by the release horizon, or should have started before day 0. */
  | { action: "release" | "past_due"; order: OrderRef };

/** Messages about the scheduled receipts of a point, in order of rows of the input. */
export function receiptMessages(plan: MrpPlan, point: number): ActionMessage[] {
  const { structure, input } = plan;
  const rows = [
    ...structure.receipts.row.subarray(
      structure.receipts.first[point],
      structure.receipts.first[point + 1],
    ),
  ].filter((row) => (input.receipts.quantity[row] ?? 0) > 0);
  if (rows.length === 0) return [];
  const pegs = pegsOfPoint(plan, point);
  const short = shortInsideFence(plan, point, pegs);
  const messages: ActionMessage[] = [];
  for (const receipt of rows) {
    const day = input.receipts.day[receipt] ?? 0;
    const quantity = input.receipts.quantity[receipt] ?? 0;
    const served = pegs.filter(({ supply }) => supply.kind === "receipt" && supply.row === receipt);
    const used = served.reduce((sum, peg) => sum + peg.quantity, 0);
    if (used === 0) {
      messages.push({ action: "cancel", receipt });
      continue;
    }
    const needDay = Math.min(...served.map((peg) => peg.needDay));
    if (day < 0) messages.push({ action: "past_due", receipt, fromDay: day });
    if (needDay < day) messages.push({ action: "expedite", receipt, fromDay: day, toDay: needDay });
    if (needDay > day && needDay > 0) {
      messages.push({ action: "defer", receipt, fromDay: day, toDay: needDay });
    }
    if (used < quantity) messages.push({ action: "decrease", receipt, toQuantity: used });
    if (short?.receipt === receipt) {
      messages.push({ action: "increase", receipt, toQuantity: quantity + short.quantity });
    }
  }
  return messages;
}

/** Messages about the planned orders of a point. Phantoms have none: nobody releases them. */
export function* orderMessages(
  plan: MrpPlan,
  point: number,
  releaseHorizonDay: number,
): Generator<ActionMessage> {
  if (supplyKinds[plan.input.points.kind[point] ?? 0] === "phantom") return;
  for (const [ordinal, { start }] of ordersOf(plan, point).entries()) {
    if (start > releaseHorizonDay) return;
    yield { action: start < 0 ? "past_due" : "release", order: { point, ordinal } };
  }
}

/** What planned orders on the fence bring too late, and the last receipt due before the fence. */
function shortInsideFence(
  { input, structure }: MrpPlan,
  point: number,
  pegs: ReturnType<typeof pegsOfPoint>,
): { receipt: number; quantity: number } | null {
  const fence = input.points.planningFence[point] ?? noFence;
  let quantity = 0;
  for (const peg of pegs) {
    if (peg.supply.kind === "order" && peg.needDay < fence) quantity += peg.quantity;
  }
  if (quantity === 0) return null;
  let last: number | null = null;
  for (const row of structure.receipts.row.subarray(
    structure.receipts.first[point],
    structure.receipts.first[point + 1],
  )) {
    const day = input.receipts.day[row] ?? 0;
    if (day >= fence) continue;
    if (last === null || day >= (input.receipts.day[last] ?? 0)) last = row;
  }
  return last === null ? null : { receipt: last, quantity };
}
