import type { RouteConfig } from "@hono/zod-openapi";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";

import type { Attributes } from "../authz/catalogue.ts";
import type { Authorisation } from "../authz/authorisation.ts";
import type { Question } from "../authz/decide.ts";
import type { RefusalLog } from "../authz/refusal-log.ts";
import { InvariantBroken, Refusal } from "../errors.ts";
import { addressOf } from "./address.ts";
import { type Authenticator, type Caller, credentialOf } from "./caller.ts";
import { refuseCrossSite } from "./same-origin.ts";

/**
 * What a route asks of its caller.
 * `public`: nothing · `signed_in`: to be somebody · an action on an object type:
 * `on: "any"` is decided before the handler and without an object, so that a rule with a condition on
 * the object does not allow; `on: "object"` lets in whom some rule could allow, and the use case must
 * ask `authorise` about the object within its transaction. An answer without having asked is a bug
 * and nothing is committed.
 */
export type Permission =
  | "public"
  | "signed_in"
  | {
      readonly objectType: string;
      /** An action, or the path parameter that names it: one route serves several commands. */
      readonly action: string | { readonly param: string };
      readonly on: "any" | "object";
    };

/** A route and what it asks of its caller; `x-permission` says so in the API description. */
export function guarded<R extends RouteConfig>(route: R, permission: Permission) {
  return { ...route, middleware: guard(permission), "x-permission": permission };
}

/** The same for a route that is not described in contracts. */
export function guard(permission: Permission): MiddlewareHandler {
  const handler: MiddlewareHandler = async (c, next) => {
    await letIn(c, permission);
    await next();
    if (c.res.ok) refuseUnasked(c);
  };
  permissions.set(handler, permission);
  return handler;
}

const permissions = new WeakMap<object, Permission>();

/** Every route of an app with its permission, null where somebody forgot it: for the test that walks them. */
export function permissionsOf(
  app: Pick<Hono, "routes">,
): { route: string; permission: Permission | null }[] {
  const routes = Map.groupBy(
    app.routes.filter(({ method }) => method !== "ALL"),
    ({ method, path }) => `${method} ${path}`,
  );
  return [...routes].map(([route, handlers]) => {
    const [permission] = handlers.flatMap(({ handler }) => permissions.get(handler) ?? []);
    return { route, permission: permission ?? null };
  });
}

/** What decides. */
export type AccessControl = Pick<
  Authorisation,
  "isAllowed" | "couldAllow" | "hasAction" | "explain"
>;

/** What is known of one request. */
type Access = {
  readonly caller: Caller | null;
  readonly control: AccessControl;
  readonly refusals: RefusalLog;
  /** The use case must still ask about its object. */
  owesQuestion: boolean;
};

declare module "hono" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- merging needs an interface
  interface ContextVariableMap {
    access: Access;
  }
}

/**
 * Finds out who asks and denies what has no permission: a route that nobody guarded is answered 403,
 * not served. Goes before every route.
 */
export function accessControl(deps: {
  authenticator: Authenticator;
  control: AccessControl;
  refusals: RefusalLog;
  publicUrl: string | undefined;
  corsOrigins?: readonly string[] | undefined;
}): MiddlewareHandler {
  const { publicUrl, corsOrigins = [] } = deps;
  return createMiddleware(async (c, next) => {
    const credential = credentialOf(c);
    refuseCrossSite(c, { isCookie: credential?.isCookie === true, publicUrl, corsOrigins });
    const found = credential === null ? null : await deps.authenticator.authenticate(credential);
    const caller =
      found === null ? null : { ...found, actor: { ...found.actor, device: deviceOf(c) } };
    c.set("access", {
      caller,
      control: deps.control,
      refusals: deps.refusals,
      owesQuestion: false,
    });
    const handlers = matchedRoutes(c).filter(({ method }) => method !== "ALL");
    if (handlers.length > 0 && !handlers.some(({ handler }) => permissions.has(handler))) {
      throw new Refusal("permission.undeclared", "Nobody may use this yet.", {
        kind: "not_permitted",
      });
    }
    await next();
  });
}

function deviceOf(c: Context) {
  return { address: addressOf(c), userAgent: c.req.header("user-agent") ?? null };
}

async function letIn(c: Context, permission: Permission): Promise<void> {
  if (permission === "public") return;
  const caller = callerOf(c);
  if (permission === "signed_in") return;
  const access = c.get("access");
  const { objectType, on } = permission;
  const action = actionOf(c, permission, access.control);
  const asked = { objectType, action, object: {} };
  if (on === "any") return mustBeAllowed(access, caller, asked);
  if (!(await access.control.couldAllow(caller.tenantId, questionOf(caller, asked)))) {
    throw await refusalOf(access, caller, asked);
  }
  access.owesQuestion = true;
}

function actionOf(
  c: Context,
  { objectType, action }: Exclude<Permission, string>,
  control: AccessControl,
): string {
  if (typeof action === "string") return action;
  const named = c.req.param(action.param) ?? "";
  if (control.hasAction(objectType, named)) return named;
  throw new Refusal("request.not_valid", `There is no ${action.param} of this name.`, {
    kind: "invalid",
  });
}

/** @throws Refusal sign_in.needed */
export function callerOf(c: Context): Caller {
  const caller = c.get("access").caller;
  if (caller !== null) return caller;
  throw new Refusal("sign_in.needed", "Sign in first; what you sent is not valid (any more).", {
    kind: "not_signed_in",
  });
}

/** Null on a public route that nobody signed in for. */
export function callerOrNull(c: Context): Caller | null {
  return c.get("access").caller;
}

/**
 * Whether the caller may do this to this object: for use cases behind `on: "object"`, asked within
 * their transaction with the values they have just read. Values that cost a read may be given as a
 * function: it is called only when the decision hangs on them.
 */
export type Authorise = (asked: {
  objectType: string;
  action: string;
  object: Attributes | (() => Promise<Attributes>);
}) => Promise<void>;

type Asked = { objectType: string; action: string; object: Attributes };

/** @throws Refusal permission.missing */
export function authoriseOf(c: Context): Authorise {
  return async ({ object, ...asked }) => {
    const access = c.get("access");
    const caller = callerOf(c);
    if (typeof object !== "function") {
      await mustBeAllowed(access, caller, { ...asked, object });
    } else if (!(await isAllowedAnyway(access, caller, asked))) {
      await mustBeAllowed(access, caller, { ...asked, object: await object() });
    }
    access.owesQuestion = false;
  };
}

/** Fails a request that would answer without having asked: called before the commit and at the end. */
export function refuseUnasked(c: Context): void {
  if (!c.get("access").owesQuestion) return;
  throw new InvariantBroken(`${c.req.method} ${c.req.path} did not ask about its object`);
}

/** Whether no value of the object could change it: what is unknown allows nothing, and denies. */
function isAllowedAnyway(
  { control }: Access,
  caller: Caller,
  asked: Omit<Asked, "object">,
): Promise<boolean> {
  return control.isAllowed(caller.tenantId, questionOf(caller, { ...asked, object: {} }));
}

async function mustBeAllowed(access: Access, caller: Caller, asked: Asked): Promise<void> {
  if (await access.control.isAllowed(caller.tenantId, questionOf(caller, asked))) return;
  throw await refusalOf(access, caller, asked);
}

function questionOf(caller: Caller, asked: Asked): Question {
  return { ...asked, roles: caller.roles, user: caller.attributes };
}

/** The refusal for the caller, and a note with its reasons for the administrator. */
async function refusalOf(
  { control, refusals }: Access,
  caller: Caller,
  asked: Asked,
): Promise<Refusal> {
  const { tenantId, name: by, userId } = caller;
  const { because } = await control.explain(tenantId, questionOf(caller, asked));
  refusals.add(tenantId, { ...asked, who: by, userId, because });
  const who =
    caller.roles.length === 0
      ? "You have no role"
      : `Your roles (${caller.roles.join(", ")}) do not allow it`;
  // Names no value: the caller may not be allowed to see the object at all.
  const sentence = `${who}: ${asked.action} ${asked.objectType}. An administrator can see why.`;
  return new Refusal("permission.missing", sentence, {
    kind: "not_permitted",
    asked: `${asked.objectType}:${asked.action}`,
  });
}
