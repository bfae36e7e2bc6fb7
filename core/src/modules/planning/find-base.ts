import { type MrpRunInput, mrpRunInputSchema } from "@millwright/contracts/api";
import type { PlanState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { unknownPlan } from "./unknown-plan.ts";
import { currentPlanId } from "./store/plans.ts";

/**
 * The plan that a run is to bring up to date, and what that was asked with: the run keeps to it, also
 * when it turns out that everything must be planned anew. Null for a regenerative run.
 * @throws Refusal plan.unknown · plan.none_to_update · plan.not_updatable
 */
export async function findBase(
  tx: Transaction,
  { mode, planId, name }: MrpRunInput,
): Promise<{ basePlanId: string; parameters: MrpRunInput } | null> {
  if (mode === "regenerative") return null;
  const which = planId === null ? currentPlanId(sql`'mrp'`) : sql`${planId}::uuid`;
  const { rows } = await sql<{
    plan_id: string;
    name: string;
    kind: string;
    mode: string;
    state: PlanState;
    parameters: unknown;
  }>`
    select plan_id, name, kind, mode, state, parameters
      from planning.plan
     where plan_id = ${which}`.execute(tx.over());
  const [base] = rows;
  if (base === undefined) throw planId === null ? noneToUpdate() : unknownPlan(planId);
  if (base.kind !== "mrp" || base.mode !== "regenerative" || base.state !== "done") {
    throw notUpdatable(base);
  }
  const parameters = mrpRunInputSchema.parse(base.parameters);
  return {
    basePlanId: base.plan_id,
    parameters: { ...parameters, name: name === "" ? parameters.name : name },
  };
}

function noneToUpdate(): Refusal {
  return new Refusal(
    "plan.none_to_update",
    "There is no finished MRP plan yet that a net change could bring up to date. Run MRP regeneratively first.",
  );
}

function notUpdatable(plan: { name: string; kind: string; mode: string; state: string }): Refusal {
  const what =
    plan.mode === "net_change" ? "a net change itself" : `${plan.kind} and ${plan.state}`;
  return new Refusal(
    "plan.not_updatable",
    `Plan ${plan.name} is ${what}. Name an MRP plan that is done, or none for the current one.`,
    { current: plan.state },
  );
}
