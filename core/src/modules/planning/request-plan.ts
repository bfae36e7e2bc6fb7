import type { MrpRunInput, Plan, ScheduleInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import { checkItems } from "./check-items.ts";
import { checkSites, checkSitesExist } from "./check-sites.ts";
import { findBase } from "./find-base.ts";
import { insertPlan, prunePlans, readPlan } from "./store/plans.ts";

export type PlanRequest =
  | { kind: "mrp"; parameters: MrpRunInput }
  | { kind: "schedule"; parameters: ScheduleInput };

/**
 * Asks for a plan, or for a net change of one: it is queued, and a worker makes it. The oldest plans
 * beyond those kept go.
 * @throws Refusal plan.unknown · plan.none_to_update · plan.not_updatable · item.unknown and those of
 *   `checkSites`
 */
export async function requestPlan(
  tx: Transaction,
  asked: PlanRequest,
  made: { planId: string; startDay: string; timeZone: string; actor: Actor; now: Date },
): Promise<Plan> {
  const { planId, startDay, timeZone, actor, now } = made;
  const base = asked.kind === "mrp" ? await findBase(tx, asked.parameters) : null;
  const { kind, parameters } = base === null ? asked : { kind: "mrp" as const, ...base };
  if (kind === "mrp") {
    const { extraDemands, policies } = parameters;
    await checkItems(
      tx,
      [...extraDemands, ...policies].map(({ itemId }) => itemId),
    );
    await checkSitesExist(
      tx,
      extraDemands.flatMap(({ siteId }) => siteId ?? []),
    );
    await checkSites(tx, policies);
  }
  const isWhatIf =
    kind === "mrp" && parameters.extraDemands.length + parameters.policies.length > 0;
  // Unnamed, it is called by the time on the site's clock: 2026-11-21 16:28.
  const name =
    parameters.name === ""
      ? now.toLocaleString("sv-SE", { timeZone }).slice(0, "YYYY-MM-DD HH:MM".length)
      : parameters.name;
  const run = kind === "mrp" ? { kind, parameters } : { kind, parameters };
  const basePlanId = base?.basePlanId ?? null;
  await insertPlan(tx, {
    ...run,
    planId,
    name,
    isWhatIf,
    basePlanId,
    startDay,
    requestedTime: now,
  });
  await prunePlans(tx, kind, plansKept);
  tx.emit([
    newEvent("plan.requested@1", {
      tenantId: tx.tenantId,
      stream: `plan:${planId}`,
      streamVersion: null,
      payload: { planId, kind },
      actor,
    }),
  ]);
  const plan = await readPlan(tx, planId);
  invariant(plan !== null, "the plan was just made");
  return plan;
}

/** Of each kind. A month of daily plans; each may hold a million pegs. */
export const plansKept = 30;
