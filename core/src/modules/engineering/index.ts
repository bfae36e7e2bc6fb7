import { readItem, readItemIds } from "./queries.ts";
import { readWorkingTimes } from "./working-times.ts";
import type { EngineeringDeps } from "./deps.ts";
import { engineeringRoutes } from "./routes.ts";

export type { WorkingPiece } from "./working-times.ts";
export { engineeringTableRoutes } from "./table-routes.ts";
export { engineeringObjectTypes } from "./permissions.ts";

/** Front door of engineering for the contexts above: every call joins the caller's transaction. */
export const engineering = {
  item: readItem,
  itemIds: readItemIds,
  workingTimes: readWorkingTimes,
};
export type Engineering = typeof engineering;

export function engineeringModule(deps: EngineeringDeps) {
  return { routes: engineeringRoutes(deps) };
}
