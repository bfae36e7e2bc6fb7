import type { Platform } from "../../platform/platform.ts";
import { enqueueOnEvent } from "../../platform/jobs/enqueue-on-event.ts";
import { makePlanJob, type PlanMaking } from "./make-plan.ts";
import { type PlanningDeps, planningRoutes } from "./routes.ts";

export { planningFigures } from "./figures.ts";
export { planningObjectTypes } from "./permissions.ts";
export { planningTableRoutes } from "./table-routes.ts";

/** Front door of planning: what core serves. */
export function planningModule(deps: PlanningDeps) {
  return { routes: planningRoutes(deps) };
}

/** What the worker does for planning: the job that makes plans, and what enqueues it. */
export function planningWork(
  deps: PlanMaking & { platform: PlanMaking["platform"] & Pick<Platform, "jobs"> },
) {
  const job = makePlanJob(deps);
  const subscription = enqueueOnEvent(deps.platform.jobs, {
    name: "planning.make-plans",
    key: "plan.requested@1",
    job,
    payload: ({ planId }) => ({ planId }),
  });
  return { jobs: [job], subscriptions: [subscription] };
}
