import type { Plan } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { unknownPlan } from "./unknown-plan.ts";
import { markCancelled, readPlan } from "./store/plans.ts";

/**
 * The plan is cancelled when this commits; whoever makes it finds out within half a second and ends the
 * engine's thread. @throws Refusal plan.unknown · plan.ended
 */
export async function cancelPlan(tx: Transaction, planId: string, now: Date): Promise<Plan> {
  const isCancelled = await markCancelled(tx, planId, now);
  const plan = await readPlan(tx, planId);
  if (plan === null) throw unknownPlan(planId);
  if (!isCancelled) {
    throw new Refusal("plan.ended", `The plan has ended: it is ${plan.state}.`, {
      current: plan.state,
      asked: "cancel",
      allowed: [],
    });
  }
  invariant(plan.state === "cancelled", "it was just cancelled");
  return plan;
}
