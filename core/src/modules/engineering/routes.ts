import type { OpenAPIHono } from "@hono/zod-openapi";

import { createApi } from "../../platform/http/api.ts";
import { attachmentRoutes } from "./attachment-routes.ts";
import { bomRoutes } from "./bom-routes.ts";
import { calendarRoutes, changeRoutes } from "./change-routes.ts";
import type { EngineeringDeps } from "./deps.ts";
import { itemRoutes, masterDataRoutes } from "./item-routes.ts";

export function engineeringRoutes(deps: EngineeringDeps): OpenAPIHono {
  return createApi()
    .route("/", itemRoutes(deps))
    .route("/", attachmentRoutes(deps))
    .route("/", masterDataRoutes(deps))
    .route("/", bomRoutes(deps))
    .route("/", changeRoutes(deps))
    .route("/", calendarRoutes(deps));
}
