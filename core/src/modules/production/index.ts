import type { LiveHub } from "../../platform/http/live.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import { ProductionLive } from "./live.ts";
import { type ProductionDeps, productionRoutes } from "./routes.ts";
import { machineEvents } from "./subscribers.ts";

export { productionObjectTypes } from "./permissions.ts";
export { productionFigures } from "./figures.ts";
export { productionTableRoutes } from "./table-routes.ts";
export { verifyWorkOrder } from "./verify.ts";

/** Front door of production: what core serves. */
export function productionModule(deps: ProductionDeps) {
  return {
    routes: productionRoutes(deps),
    /** Feeds the live stream of this process; start it, and dispose it before the database. */
    live: (hub: LiveHub) => new ProductionLive({ ...deps, hub }),
  };
}

/** What the worker runs for production. */
export function productionSubscriptions(deps: { platform: Platform; equipment: Equipment }) {
  return [machineEvents(deps)];
}
