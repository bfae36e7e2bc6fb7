import type { Requests } from "../../platform/http/api.ts";
import type { Platform } from "../../platform/platform.ts";
import type { IdentityModule } from "../identity/index.ts";
import { readCountBindings, readWorkCenters, readWorkUnits } from "./queries.ts";
import { readDataTimes, readWorkUnitReadings } from "./readings.ts";
import { equipmentRoutes } from "./routes.ts";
import { readTrends } from "./trends.ts";

export { equipmentTableRoutes } from "./table-routes.ts";
export { equipmentObjectTypes } from "./permissions.ts";
export type { CountBinding, WorkCenter, WorkUnit } from "./queries.ts";
export type { Reading } from "./readings.ts";

/** Front door of equipment for the contexts above: every call joins the caller's transaction. */
export const equipment = {
  workCenters: readWorkCenters,
  workUnits: readWorkUnits,
  countBindings: readCountBindings,
  readings: readWorkUnitReadings,
  dataTimes: readDataTimes,
  trends: readTrends,
};
export type Equipment = typeof equipment;

export function equipmentModule(deps: {
  platform: Platform;
  requests: Requests;
  identity: IdentityModule;
}) {
  return { routes: equipmentRoutes(deps) };
}
