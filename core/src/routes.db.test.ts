import type { RouteConfig } from "@hono/zod-openapi";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { catalogue } from "./app.ts";
import { defaultPolicy } from "./modules/identity/default-policy.ts";
import { seedApiKey } from "./modules/identity/index.ts";
import { checkPolicy } from "./platform/authz/policy.ts";
import { createRequests } from "./platform/http/api.ts";
import { guard, permissionsOf } from "./platform/http/permission.ts";
import { anotherApp } from "./testing/plant.ts";
import { plantOfFile } from "./testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();

// A guard that sees nothing guards nothing.
const routesFloor = 100;
/** Routes that anybody may use, each with the reason. */
const open: Readonly<Record<string, string>> = {
  "GET /api/health": "load balancers have no credential; details are for who may read the system",
  "GET /api/openapi.json": "the description is that of a public program",
  "GET /api/docs": "the same, for people",
  "GET /api/setup": "whether anybody can sign in at all",
  "POST /api/setup": "asks for the setup code, and closes for good with the first user",
  "GET /api/auth/methods": "what the sign-in page offers",
  "POST /api/auth/sign-in": "asks for the password, slows down who guesses",
  "POST /api/auth/refresh": "asks for the refresh token",
  "POST /api/auth/sign-out": "ends the session of who asks, if there is one",
  "POST /api/auth/links/read": "asks for the token of the link",
  "POST /api/auth/links/use": "asks for the token of the link",
  "GET /api/auth/oidc/:providerId/start": "sends the browser to the provider",
  "GET /api/auth/oidc/:providerId/callback": "asks for what the provider and our cookie say",
  "POST /api/auth/password-reset": "answers the same to everybody",
};

test("every route asks for a permission, the open ones are those of the list", () => {
  const routes = permissionsOf(plant.app.api);
  expect(routes.length).toBeGreaterThanOrEqual(routesFloor);
  expect(routes.filter(({ permission }) => permission === null)).toEqual([]);
  const found = routes.filter(({ permission }) => permission === "public");
  expect(found.map(({ route }) => route).sort()).toEqual(Object.keys(open).sort());
});

test("every permission names an object type and an action of the catalogue", () => {
  const unknown = permissionsOf(plant.app.api).filter(({ permission }) => {
    if (permission === null || typeof permission === "string") return false;
    const { objectType, action } = permission;
    const known = catalogue.objectTypes[objectType]?.actions;
    return known === undefined || (typeof action === "string" && !known.includes(action));
  });
  expect(unknown).toEqual([]);
});

test("the description says of every route what it asks, so that a client can know", () => {
  const silent = plant.app.api.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return [];
    const route: RouteConfig & { "x-permission"?: unknown } = definition.route;
    return route["x-permission"] === undefined ? [`${route.method} ${route.path}`] : [];
  });
  expect(silent).toEqual([]);
});

test("the policy a company starts with means what it says", () => {
  expect(() =>
    checkPolicy(
      defaultPolicy(() => crypto.randomUUID()),
      catalogue,
    ),
  ).not.toThrow();
});

test("without a credential every other route is 401, whatever it is asked", async () => {
  const closed = permissionsOf(plant.app.api).filter(({ route }) => !(route in open));
  const answers = new Set<number>();
  // One after the other: all at once they are more than one process answers.
  for (const { route, permission } of closed) {
    if (permission === "public") continue;
    const [method = "", path = ""] = route.split(" ");
    const asked = path.replaceAll(/:\w+/g, crypto.randomUUID());
    answers.add((await plant.app.api.request(asked, { method })).status);
  }
  expect([...answers]).toEqual([401]);
});

test("a route that nobody guarded is denied, not served", async () => {
  await using app = anotherApp(plant.core);
  app.api.get("/api/forgotten", (c) => c.text("served"));
  const headers = { authorization: `Bearer ${database.apiKey}` };
  const answer = await app.api.request("/api/forgotten", { headers });
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: "permission.undeclared" });
  expect(permissionsOf(app.api).filter(({ permission }) => permission === null)).toEqual([
    { route: "GET /api/forgotten", permission: null },
  ]);
});

test.each([
  { why: "did not ask about its object", ask: false, status: 500, code: "bug" },
  { why: "asked", ask: true, status: 200, code: undefined },
])("a use case that $why is answered $status, and commits accordingly", async (row) => {
  await using app = anotherApp(plant.core);
  const requests = createRequests(plant.core);
  const permission = { objectType: "work_order", action: "release", on: "object" } as const;
  app.api.post("/api/thing", guard(permission), async (c) => {
    await requests.transaction(c, async (tx, { authorise }) => {
      await seedApiKey(tx, { name: row.why, roles: ["viewer"] }, new Date());
      if (row.ask) await authorise({ objectType: "work_order", action: "release", object: {} });
    });
    return c.json({});
  });
  const headers = { authorization: `Bearer ${database.apiKey}` };
  const answer = await app.api.request("/api/thing", { method: "POST", headers });
  expect(answer.status).toBe(row.status);
  expect(await answer.json()).toMatchObject(row.code === undefined ? {} : { code: row.code });
  const names = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ name: string }>`select name from identity.api_key`.execute(
      tx.over(),
    );
    return rows.map(({ name }) => name);
  });
  expect(names.includes(row.why)).toBe(row.ask);
});
