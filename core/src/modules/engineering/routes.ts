import type { OpenAPIHono } from "@hono/zod-openapi";

import { createApi, type Requests } from "../../platform/http/api.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import { attachmentRoutes } from "./attachment-routes.ts";
import { bomRoutes } from "./bom-routes.ts";
import type { ReadAvailable } from "./bom-tree.ts";
import { calendarRoutes, changeRoutes } from "./change-routes.ts";
import { itemRoutes, masterDataRoutes } from "./item-routes.ts";

export type EngineeringDeps = {
  platform: Platform;
  requests: Requests;
  identity: IdentityModule;
  equipment: Equipment;
  /** Port that inventory fills: engineering lies below it. */
  available: ReadAvailable;
};

export function engineeringRoutes(deps: EngineeringDeps): OpenAPIHono {
  return createApi()
    .route("/", itemRoutes(deps))
    .route("/", attachmentRoutes(deps))
    .route("/", masterDataRoutes(deps))
    .route("/", bomRoutes(deps))
    .route("/", changeRoutes(deps))
    .route("/", calendarRoutes(deps));
}
