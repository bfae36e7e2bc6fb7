import type { OpenAPIHono } from "@hono/zod-openapi";

import { createApi } from "../../platform/http/api.ts";
import { accessRoutes } from "./access-routes.ts";
import type { IdentityDeps } from "./deps.ts";
import { peopleRoutes } from "./people-routes.ts";
import { oidcRoutes } from "./oidc/routes.ts";
import { profileRoutes } from "./profile-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";

export function identityRoutes(deps: IdentityDeps): OpenAPIHono {
  return createApi()
    .route("/", signInRoutes(deps))
    .route("/", profileRoutes(deps))
    .route("/", oidcRoutes(deps))
    .route("/", peopleRoutes(deps))
    .route("/", accessRoutes(deps));
}
