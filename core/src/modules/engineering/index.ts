import type { Requests } from "../../platform/http/api.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import { readItem } from "./queries.ts";
import { engineeringRoutes } from "./routes.ts";

export { engineeringObjectTypes } from "./permissions.ts";

/** Front door of engineering for the contexts above: every call joins the caller's transaction. */
export const engineering = { item: readItem };
export type Engineering = typeof engineering;

export function engineeringModule(deps: {
  platform: Platform;
  requests: Requests;
  equipment: Equipment;
}) {
  return { routes: engineeringRoutes(deps) };
}
