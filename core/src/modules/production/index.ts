import type { LiveHub } from "../../platform/http/live.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import type { Inventory } from "../inventory/index.ts";
import { readDowntimeReasons } from "./downtime-reasons.ts";
import { draftWorkOrder } from "./draft-work-order.ts";
import { firmWorkOrder } from "./firm-work-order.ts";
import { ProductionLive } from "./live.ts";
import { forgetMachineTime, readMachineTimeDays } from "./machine-time.ts";
import { releaseWorkOrder } from "./release-work-order.ts";
import type { ProductionDeps } from "./deps.ts";
import { productionRoutes } from "./routes.ts";
import { machineEvents, orderEnds } from "./subscribers.ts";

export { oee, type TimeSums } from "./domain/oee.ts";
export { productionObjectTypes } from "./permissions.ts";
export { productionFigures } from "./figures.ts";
export { machineWatch } from "./watch-machines.ts";
export { productionTableRoutes } from "./table-routes.ts";
export { showStop } from "./stops.ts";
export { verifyWorkOrder } from "./verify.ts";

/** Front door of production for the contexts above: every call joins the caller's transaction. */
export const production = {
  draft: draftWorkOrder,
  firm: firmWorkOrder,
  release: releaseWorkOrder,
  machineTimeDays: readMachineTimeDays,
  forgetMachineTime,
  downtimeReasons: readDowntimeReasons,
};
export type Production = typeof production;

/** Front door of production: what core serves. */
export function productionModule(deps: ProductionDeps) {
  return {
    routes: productionRoutes(deps),
    /** Feeds the live stream of this process; start it, and dispose it before the database. */
    live: (hub: LiveHub) => new ProductionLive({ ...deps, hub }),
  };
}

/** What the worker runs for production. */
export function productionSubscriptions(deps: {
  platform: Platform;
  equipment: Equipment;
  inventory: Inventory;
}) {
  return [machineEvents(deps), orderEnds(deps)];
}
