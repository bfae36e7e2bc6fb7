import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  createApiKey as createApiKeyRoute,
  explainDecision,
  getCatalogue,
  getPolicy,
  listApiKeys,
  listRefusedDecisions,
  replacePolicy as replacePolicyRoute,
  revokeApiKey as revokeApiKeyRoute,
} from "@millwright/contracts/api";

import type { AttributeValue } from "../../platform/authz/catalogue.ts";
import type { Explanation } from "../../platform/authz/decide.ts";
import { readRefusals } from "../../platform/authz/refusal-log.ts";
import { readPolicy } from "../../platform/authz/store.ts";
import { Refusal } from "../../platform/errors.ts";
import { createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { callerOf, guarded, type Permission } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { createApiKey, revokeApiKey } from "./api-keys.ts";
import type { IdentityDeps } from "./deps.ts";
import { unknownUser } from "./people-queries.ts";
import type { identityObjectTypes } from "./permissions.ts";
import { replacePolicy } from "./replace-policy.ts";
import { instantOf } from "./show-session.ts";
import { readApiKeys } from "./store/api-keys.ts";
import { readUser } from "./store/users.ts";

/** Who may do what, for those who decide it. */
export function accessRoutes(deps: IdentityDeps): OpenAPIHono {
  return createApi().route("/", policyRoutes(deps)).route("/", keyRoutes(deps));
}

function policyRoutes({ requests, authorisation, catalogue, refusals }: IdentityDeps) {
  return createApi()
    .openapi(guarded(getCatalogue, may("policy", "read")), (c) => c.json(shown(catalogue), 200))
    .openapi(guarded(getPolicy, may("policy", "read")), async (c) => {
      const { version, document } = await requests.transaction(c, readPolicy);
      sendVersion(c, version.toString());
      return c.json({ version: version.toString(), ...onTheWire(document) }, 200);
    })
    .openapi(guarded(replacePolicyRoute, may("policy", "change")), async (c) => {
      const asked = { ...c.req.valid("json"), version: versionAsked(c) };
      const version = await requests.transaction(c, (tx, caller) =>
        replacePolicy(tx, { catalogue, caller }, asked),
      );
      authorisation.reread(callerOf(c).tenantId);
      sendVersion(c, version.toString());
      return c.json({ version: version.toString(), ...onTheWire(asked) }, 200);
    })
    .openapi(guarded(explainDecision, may("policy", "read")), async (c) => {
      const { userId, ...asked } = c.req.valid("json");
      const { tenantId } = callerOf(c);
      const user = await requests.transaction(c, (tx) => readUser(tx, userId));
      if (user === null) throw unknownUser(userId);
      const attributes = { userId, departmentId: user.departmentId };
      const question = { ...asked, roles: user.roles, user: attributes };
      const explanation = await authorisation.explain(tenantId, question);
      return c.json(explanationOnTheWire(explanation), 200);
    })
    .openapi(guarded(listRefusedDecisions, may("policy", "read")), async (c) => {
      // What was refused a moment ago is what the administrator was called for.
      await refusals.flush();
      const rows = await requests.transaction(c, (tx) => readRefusals(tx, refusalsShown));
      const shown = rows.map((row) => ({
        ...row,
        time: instantOf(row.time),
        object: Object.fromEntries(
          Object.entries(row.object).map(([name, value]) => [name, String(value)]),
        ),
      }));
      return c.json({ rows: shown }, 200);
    });
}

const refusalsShown = 200;

function keyRoutes({ platform, requests, authorisation, callers }: IdentityDeps) {
  return createApi()
    .openapi(guarded(listApiKeys, may("api_key", "read")), async (c) =>
      c.json({ rows: await requests.transaction(c, (tx) => readApiKeys(tx)) }, 200),
    )
    .openapi(guarded(createApiKeyRoute, may("api_key", "create")), async (c) => {
      const asked = c.req.valid("json");
      const policy = await authorisation.policy(callerOf(c).tenantId);
      const now = platform.clock.now();
      const apiKeyId = newId(platform);
      const told = await requests.actTellingOnce(c, asked, async (tx, caller) => {
        const made = await createApiKey(tx, { caller, now, policy }, { ...asked, apiKeyId });
        return { answer: made.apiKey, secret: made.key };
      });
      const { answer: apiKey, secret: key } = told;
      if (key === null) {
        throw new Refusal(
          "api_key.shown_once",
          `The key ${apiKey.name} was made by this request before and is not shown again. Revoke it and make another one.`,
        );
      }
      c.header("Cache-Control", "no-store");
      return c.json({ apiKey, key }, 201);
    })
    .openapi(guarded(revokeApiKeyRoute, may("api_key", "revoke")), async (c) => {
      const { apiKeyId } = c.req.valid("param");
      const now = platform.clock.now();
      const apiKey = await requests.act(c, null, (tx, caller) =>
        revokeApiKey(tx, { caller, now }, apiKeyId),
      );
      callers.forget(callerOf(c).tenantId, { apiKeyId });
      return c.json(apiKey, 200);
    });
}

function may(objectType: keyof typeof identityObjectTypes, action: string): Permission {
  return { objectType, action, on: "any" };
}

function shown({ user, objectTypes }: IdentityDeps["catalogue"]) {
  return {
    user: { ...user },
    objectTypes: Object.fromEntries(
      Object.entries(objectTypes).map(([name, { actions, attributes }]) => [
        name,
        { actions: [...actions], attributes: { ...attributes } },
      ]),
    ),
  };
}

function onTheWire({ roles, rules }: Pick<Parameters<typeof replacePolicy>[2], "roles" | "rules">) {
  return {
    roles: roles.map(({ role, title, parents }) => ({ role, title, parents: [...parents] })),
    rules: rules.map((rule) => ({ ...rule })),
  };
}

function explanationOnTheWire({ isAllowed, because, rules }: Explanation) {
  return {
    isAllowed,
    because,
    rules: rules.map(({ rule, through, outcome, unknown, against }) => ({
      rule,
      through,
      outcome,
      unknown: [...unknown],
      against: against.map(({ text, values }) => ({ text, values: shownValues(values) })),
    })),
  };
}

function shownValues(values: Readonly<Record<string, AttributeValue>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );
}
