import type { OpenAPIHono } from "@hono/zod-openapi";
import { getHealth } from "@millwright/contracts/api";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";

import { engineering, engineeringModule } from "./modules/engineering/index.ts";
import { equipment, equipmentModule } from "./modules/equipment/index.ts";
import { identityModule } from "./modules/identity/index.ts";
import { inventoryModule } from "./modules/inventory/index.ts";
import { productionModule } from "./modules/production/index.ts";
import { createApi, createRequests } from "./platform/http/api.ts";
import { renderDocs } from "./platform/http/docs.ts";
import { readHealth } from "./platform/http/health.ts";
import { LiveHub, liveHeaders } from "./platform/http/live.ts";
import { problem, problemOf, sendProblem } from "./platform/http/problem.ts";
import { tracedRequests } from "./platform/observe/traced-requests.ts";
import type { Platform } from "./platform/platform.ts";

export type App = {
  api: OpenAPIHono;
  /** Starts what the app does by itself: the live stream. Dispose the app before the platform. */
  start: () => Promise<void>;
} & AsyncDisposable;

/**
 * Everything core serves, as one Web-standard app: no port, no driver, no Node module. `pages` serves
 * what is not under /api.
 */
export function createApp(platform: Platform, options: { pages?: MiddlewareHandler } = {}): App {
  const identity = identityModule(platform);
  const requests = createRequests(platform, identity.onlyTenant);
  const production = productionModule({ platform, requests, identity, equipment, engineering });
  const hub = new LiveHub(platform);
  const live = production.live(hub);

  const api = createApi();
  api.use(secureHeaders({ contentSecurityPolicy }));
  api.use(tracedRequests);
  api.use(timed(platform));
  api.use("/api/*", bodyLimit({ maxSize: bodyBytesMax, onError: tooLarge }));
  api.onError((error, c) => sendProblem(c, problemOf(error, platform.log)));

  api.openapi(getHealth, async (c) => {
    const health = await readHealth(platform);
    return health.status === "down" ? c.json(health, 503) : c.json(health, 200);
  });
  api.get("/metrics", async (c) => {
    const { registry } = platform.metrics;
    return c.text(await registry.metrics(), 200, { "Content-Type": registry.contentType });
  });
  api.get("/api/live", async (c) => {
    const tenantId = await requests.tenantId();
    const stream = hub.open(tenantId, c.req.header("last-event-id"));
    return new Response(stream, { headers: liveHeaders });
  });
  api.route("/", equipmentModule({ platform, requests, identity }).routes);
  api.route("/", engineeringModule({ platform, requests, equipment }).routes);
  api.route("/", inventoryModule({ platform, requests, engineering }).routes);
  api.route("/", production.routes);

  const info = { title: "Millwright API", version: platform.version };
  const describe = () => api.getOpenAPI31Document({ openapi: "3.1.0", info });
  api.get("/api/openapi.json", (c) => c.json(describe()));
  api.get("/api/docs", (c) => c.html(renderDocs({ info, paths: describe().paths ?? {} })));
  if (options.pages !== undefined) api.use(options.pages);
  api.notFound((c) =>
    sendProblem(c, problem(404, "route.unknown", `There is nothing at ${c.req.path}.`)),
  );

  return {
    api,
    start: () => live.start(),
    [Symbol.asyncDispose]: async () => {
      hub[Symbol.dispose]();
      await live[Symbol.asyncDispose]();
    },
  };
}

const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  // The charts set sizes and colours of their elements.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:"],
  frameAncestors: ["'none'"],
};

// The largest body is an item with 200 operations, about 40 KB.
const bodyBytesMax = 1_048_576;

function tooLarge(c: Parameters<typeof sendProblem>[0]): Response {
  return sendProblem(c, problem(413, "request.too_large", "The body is larger than 1 MiB."));
}

function timed({ metrics }: Platform): MiddlewareHandler {
  return async (c, next) => {
    const started = performance.now();
    await next();
    metrics.requestSeconds.observe(
      { method: c.req.method, route: c.req.routePath, status: String(c.res.status) },
      (performance.now() - started) / 1000,
    );
  };
}
