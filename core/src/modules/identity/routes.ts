import type { OpenAPIHono } from "@hono/zod-openapi";

import { createApi } from "../../platform/http/api.ts";
import type { IdentityDeps } from "./deps.ts";
import { oidcRoutes } from "./oidc/routes.ts";
import { profileRoutes } from "./profile-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";

export function identityRoutes(deps: IdentityDeps): OpenAPIHono {
  return createApi()
    .route("/", signInRoutes(deps))
    .route("/", profileRoutes(deps))
    .route("/", oidcRoutes(deps));
}
