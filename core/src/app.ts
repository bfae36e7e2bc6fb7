import type { OpenAPIHono } from "@hono/zod-openapi";
import { getHealth, type Health, type LiveMessage } from "@millwright/contracts/api";
import type { MiddlewareHandler } from "hono";

import { analyticsRoutes } from "./modules/analytics/index.ts";
import {
  engineering,
  engineeringModule,
  engineeringObjectTypes,
  engineeringTableRoutes,
} from "./modules/engineering/index.ts";
import {
  equipment,
  equipmentModule,
  equipmentObjectTypes,
  equipmentTableRoutes,
} from "./modules/equipment/index.ts";
import {
  identityModule,
  identityObjectTypes,
  identityTableRoutes,
  isAbout,
  userAttributes,
} from "./modules/identity/index.ts";
import {
  inventory,
  inventoryModule,
  inventoryObjectTypes,
  inventoryTableRoutes,
} from "./modules/inventory/index.ts";
import {
  planningModule,
  planningObjectTypes,
  planningTableRoutes,
} from "./modules/planning/index.ts";
import {
  production as productionDoor,
  productionModule,
  productionObjectTypes,
  productionTableRoutes,
} from "./modules/production/index.ts";
import { purchasingObjectTypes } from "./modules/purchasing/index.ts";
import { auditObjectTypes } from "./platform/audit/permissions.ts";
import { auditRoutes } from "./platform/audit/routes.ts";
import { Authorisation } from "./platform/authz/authorisation.ts";
import type { Catalogue } from "./platform/authz/catalogue.ts";
import { RefusalLog } from "./platform/authz/refusal-log.ts";
import { settingsObjectTypes, settingsRoutes } from "./platform/config/routes.ts";
import { Refusal } from "./platform/errors.ts";
import { measureLag } from "./platform/events/lag.ts";
import { subscriptionObjectTypes } from "./platform/events/permissions.ts";
import { subscriptionRoutes } from "./platform/events/routes.ts";
import { forwardedAddresses } from "./platform/http/address.ts";
import type { IsTrustedProxy } from "./platform/http/trusted-proxies.ts";
import { createApi, createRequests } from "./platform/http/api.ts";
import { refuseWhenBusy } from "./platform/http/busy.ts";
import { allowOrigins } from "./platform/http/cors.ts";
import { describeApi } from "./platform/http/describe-api.ts";
import { renderDocs } from "./platform/http/docs.ts";
import { readHealth } from "./platform/http/health.ts";
import type { Caller } from "./platform/http/caller.ts";
import { LiveHub, liveHeaders, type Viewer } from "./platform/http/live.ts";
import {
  accessControl,
  callerOf,
  callerOrNull,
  guard,
  guarded,
  type Permission,
} from "./platform/http/permission.ts";
import { checkStreams } from "./platform/http/stream-check.ts";
import { systemObjectTypes } from "./platform/http/permissions.ts";
import { problemOf, sendProblem } from "./platform/http/problem.ts";
import { rateLimit } from "./platform/http/rate-limit.ts";
import { requestLimits } from "./platform/http/request-limits.ts";
import { securityHeaders } from "./platform/http/security-headers.ts";
import { jobObjectTypes } from "./platform/jobs/permissions.ts";
import { jobRoutes } from "./platform/jobs/routes.ts";
import { unknownRoute } from "./platform/http/unknown-route.ts";
import { notificationObjectTypes } from "./platform/notifications/permissions.ts";
import { notificationRoutes } from "./platform/notifications/routes.ts";
import { tracedRequests } from "./platform/observe/traced-requests.ts";
import type { Platform } from "./platform/platform.ts";
import { observeSagas } from "./platform/saga/observe-sagas.ts";
import { sagaObjectTypes } from "./platform/saga/permissions.ts";
import { sagaRoutes } from "./platform/saga/routes.ts";
import { Seal } from "./platform/seal.ts";
import { webhookObjectTypes } from "./platform/webhooks/permissions.ts";
import { webhookRoutes } from "./platform/webhooks/routes.ts";
import { createTableFiles } from "./platform/tables/table-files.ts";

export type App = {
  api: OpenAPIHono;
  /** Starts what the app does by itself: the live stream. Dispose the app before the platform. */
  start: () => Promise<void>;
} & AsyncDisposable;

export type AppOptions = {
  /** At least 32 characters each; the first signs, all verify. */
  signingKeys: readonly string[];
  /** Seal secrets that are stored, such as a provider's; absent: the signing keys do. */
  sealingKeys?: readonly string[] | undefined;
  /** Under which people reach us; decides whether cookies need TLS. */
  publicUrl?: string | undefined;
  /** Where this process serves: what links say when nobody told how people reach us. */
  localUrl?: string | undefined;
  /** Origins of other sites whose pages may ask with a token of their own; none by default. */
  corsOrigins?: readonly string[] | undefined;
  /** Proxies of ours, whose `X-Forwarded-For` is believed; none by default. */
  isTrustedProxy?: IsTrustedProxy | undefined;
  /** OpenID providers may be at addresses of our own network; by default they may not. */
  oidcMayBeInside?: boolean | undefined;
  /** Whoever knows it may make the first administrator; unset: nobody may. */
  setupCode?: string | undefined;
  /** Whether mails leave: else whoever asks for a link gets it in the answer. */
  sendsMail?: boolean | undefined;
  /** How often the viewers of live streams are asked for again; half a minute by default. */
  liveCheckMs?: number | undefined;
  /** Where the worker's archive is; absent: archived days cannot be reported on. */
  archiveDir?: string | undefined;
  pages?: MiddlewareHandler;
};

/** What there is to be allowed, by all contexts. */
export const catalogue: Catalogue = {
  user: userAttributes,
  objectTypes: {
    ...systemObjectTypes,
    ...settingsObjectTypes,
    ...jobObjectTypes,
    ...auditObjectTypes,
    ...subscriptionObjectTypes,
    ...sagaObjectTypes,
    ...webhookObjectTypes,
    ...notificationObjectTypes,
    ...identityObjectTypes,
    ...equipmentObjectTypes,
    ...engineeringObjectTypes,
    ...inventoryObjectTypes,
    ...productionObjectTypes,
    ...planningObjectTypes,
    ...purchasingObjectTypes,
  },
};

/**
 * Everything core serves, as one Web-standard app: no port, no driver, no Node module. `pages` serves
 * what is not under /api.
 */
export function createApp(platform: Platform, options: AppOptions): App {
  const identity = identityModule(platform, options);
  const requests = createRequests(platform);
  const hub = new LiveHub(platform);
  // A stream hears what was allowed when it was opened: it ends, and its browser opens it anew.
  const authorisation = new Authorisation(catalogue, platform, (tenantId) =>
    hub.end((viewer) => viewer.tenantId === tenantId),
  );
  const refusals = new RefusalLog(platform);
  const production = productionModule({ platform, requests, identity, equipment, engineering });
  const live = production.live(hub);
  const check = checkStreams(
    { hub, areOpen: identity.areOpen, log: platform.log },
    { everyMs: options.liveCheckMs },
  );
  const watch = identity.access((change) =>
    hub.end((viewer) => viewer.tenantId === change.tenantId && isAbout(change, viewer)),
  );

  /** Details name versions and parts: for who runs the installation, not for the whole network. */
  const mayRead = async (caller: Caller | null) => {
    if (caller === null) return false;
    const { objectType, action } = readSystem;
    const asked = { objectType, action, object: {} };
    const question = { ...asked, roles: caller.roles, user: caller.attributes };
    return authorisation.isAllowed(caller.tenantId, question);
  };

  const api = createApi();
  api.use(securityHeaders({ publicUrl: options.publicUrl }));
  api.use(forwardedAddresses(options.isTrustedProxy));
  api.use(tracedRequests);
  api.use(timed(platform));
  api.use("/api/*", refuseWhenBusy());
  api.use("/api/*", allowOrigins(options.corsOrigins ?? []));
  api.use("/api/*", requestLimits);
  api.onError((error, c) => {
    const waitS = error instanceof Refusal ? error.retryAfterS : undefined;
    if (waitS !== undefined) c.header("Retry-After", String(waitS));
    return sendProblem(c, problemOf(error, platform.log));
  });
  const access = accessControl({
    authenticator: identity.authenticator,
    control: authorisation,
    refusals,
    publicUrl: options.publicUrl,
    corsOrigins: options.corsOrigins,
  });
  api.use("/api/*", access);
  api.use("/api/*", rateLimit(platform));
  api.use("/metrics", access);

  api.openapi(guarded(getHealth, "public"), async (c) => {
    const health = await readHealth(platform);
    const shown = (await mayRead(callerOrNull(c))) ? health : withoutDetails(health);
    return health.status === "down" ? c.json(shown, 503) : c.json(shown, 200);
  });
  // Prometheus sends an API key as its bearer token (authorization.credentials_file).
  api.get("/metrics", guard(readSystem), async (c) => {
    const { registry } = platform.metrics;
    return c.text(await registry.metrics(), 200, { "Content-Type": registry.contentType });
  });
  api.get("/api/live", guard("signed_in"), async (c) => {
    const viewer = await viewerOf(authorisation, callerOf(c));
    const stream = hub.open(viewer, c.req.header("last-event-id"));
    return new Response(stream, { headers: liveHeaders });
  });
  // Before the routes of one thing: `/api/work-orders/export` is no work order.
  const files = createTableFiles({ platform, requests });
  api.route("/", identityTableRoutes({ platform, files }));
  api.route(
    "/",
    identity.routes({
      requests,
      authorisation,
      catalogue,
      refusals,
      setupCode: options.setupCode,
      mail: {
        publicUrl: options.publicUrl ?? options.localUrl ?? "http://127.0.0.1:8080",
        sendsMail: options.sendsMail === true,
      },
    }),
  );
  api.route("/", equipmentTableRoutes({ platform, files, identity }));
  api.route("/", engineeringTableRoutes({ platform, requests, files, equipment }));
  api.route("/", inventoryTableRoutes({ platform, files, engineering }));
  api.route("/", productionTableRoutes({ platform, files, engineering }));
  api.route("/", planningTableRoutes({ platform, files, engineering }));
  api.route("/", equipmentModule({ platform, requests, identity }).routes);
  api.route(
    "/",
    engineeringModule({
      platform,
      requests,
      identity,
      equipment,
      available: inventory.readAvailable,
    }).routes,
  );
  api.route("/", inventoryModule({ platform, requests, engineering }).routes);
  api.route("/", production.routes);
  api.route(
    "/",
    planningModule({
      platform,
      requests,
      identity,
      engineering,
      inventory,
      production: productionDoor,
    }).routes,
  );
  const folder = options.archiveDir ?? null;
  api.route("/", analyticsRoutes({ platform, requests, identity, equipment, engineering, folder }));
  api.route("/", settingsRoutes({ platform, requests }));
  api.route("/", jobRoutes({ ...platform, requests }));
  api.route("/", auditRoutes({ requests, files }));
  api.route("/", subscriptionRoutes({ requests }));
  api.route("/", sagaRoutes({ requests }));
  const seal = new Seal(options.sealingKeys ?? options.signingKeys);
  api.route("/", webhookRoutes({ requests, seal }));
  api.route("/", notificationRoutes({ requests }));
  measureLag(platform.metrics.registry, () => platform.db.homes());
  observeSagas(platform.metrics, () => platform.db.homes());

  const info = { title: "Millwright API", version: platform.version };
  const describe = () => describeApi(api.getOpenAPI31Document({ openapi: "3.1.0", info }));
  api.get("/api/openapi.json", guard("public"), (c) => c.json(describe()));
  api.get("/api/docs", guard("public"), (c) => c.html(renderDocs(describe())));
  if (options.pages !== undefined) api.use(options.pages);
  api.notFound(unknownRoute(api));

  return {
    api,
    start: async () => {
      authorisation.start();
      await watch.start();
      await live.start();
      check.start();
    },
    [Symbol.asyncDispose]: async () => {
      await check[Symbol.asyncDispose]();
      hub[Symbol.dispose]();
      await refusals[Symbol.asyncDispose]();
      await watch[Symbol.asyncDispose]();
      await authorisation[Symbol.asyncDispose]();
      await live[Symbol.asyncDispose]();
    },
  };
}

const readSystem = {
  objectType: "system",
  action: "read",
  on: "any",
} as const satisfies Permission;

/** What a kind of live message asks of who hears it. */
const topics = {
  tile: { objectType: "machine", action: "read" },
  values: { objectType: "machine", action: "read" },
  work_order: { objectType: "work_order", action: "read" },
} as const satisfies Record<Exclude<LiveMessage["kind"], "resync">, object>;

function withoutDetails(health: Health): Health {
  const components = Object.entries(health.components).map(
    ([name, { status }]) => [name, { status, detail: "" }] as const,
  );
  return { ...health, components: Object.fromEntries(components) };
}

async function viewerOf(authorisation: Authorisation, caller: Caller): Promise<Viewer> {
  const heard = new Set<LiveMessage["kind"]>(["resync"]);
  for (const kind of ["tile", "values", "work_order"] as const) {
    const question = { ...topics[kind], roles: caller.roles, user: caller.attributes, object: {} };
    if (await authorisation.isAllowed(caller.tenantId, question)) heard.add(kind);
  }
  return { ...caller, mayHear: (kind) => heard.has(kind) };
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
