import { randomBytes } from "node:crypto";

import type { PolicyOnTheWire, SignedIn } from "@millwright/contracts/api";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { freePort, PlantProcess } from "../../../../deploy/test/plant.ts";
import { until } from "../../../../deploy/test/until.ts";

// Two real processes of core on one database: what one does is in force in the other, and what was
// committed outlives a kill.

const open = new AsyncDisposableStack();
const setupCode = randomBytes(16).toString("hex");
const password = "lathe spindle copper";
const processes: { core: PlantProcess; url: string }[] = [];
let signedIn: SignedIn & { refreshToken: string };

beforeAll(async () => {
  const database: TestDatabase = open.use(await createTestDatabase());
  const signingKeys = randomBytes(32).toString("hex");
  for (const port of [await freePort(), await freePort()]) {
    const core = open.use(
      new PlantProcess("core", ["core/src/main.ts"], {
        DATABASE_URL: database.urls.core,
        PORT: String(port),
        SIGNING_KEYS: signingKeys,
        SETUP_CODE: setupCode,
      }),
    );
    processes.push({ core, url: `http://127.0.0.1:${port}` });
  }
  await Promise.all(processes.map(({ core }) => core.start()));
  const answer = await ask(0, "POST", "/api/setup", {
    code: setupCode,
    company: { name: "Berg Metall" },
    site: { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "06:00" },
    administrator: { name: "Anna Berg", email: "anna@example.com", password },
  });
  const refreshToken = /mw_refresh=([^;]+)/.exec(answer.headers.getSetCookie().join("\n"))?.[1];
  signedIn = { ...((await answer.json()) as SignedIn), refreshToken: refreshToken ?? "" };
});
afterAll(() => open.disposeAsync());

async function ask(
  n: number,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${processes[n]?.url}${path}`, {
    method,
    headers: {
      ...(signedIn && { authorization: `Bearer ${signedIn.accessToken}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
}

test("a policy saved in one process decides in the other within a second", async () => {
  expect((await ask(1, "GET", "/api/items")).status).toBe(200);
  const policy = (await (await ask(0, "GET", "/api/admin/policy")).json()) as PolicyOnTheWire;
  const deny = {
    ruleId: crypto.randomUUID(),
    role: "administrator",
    objectType: "item",
    action: "read",
    effect: "deny",
    condition: null,
  };
  const { roles, rules, version } = policy;
  const saved = await ask(
    0,
    "PUT",
    "/api/admin/policy",
    { roles, rules: [...rules, deny] },
    { "if-match": `"${version}"` },
  );
  expect(saved.status).toBe(200);
  await until("refused", async () => (await ask(1, "GET", "/api/items")).status === 403, 1000);
});

test("a session ended in one process is over in the other, also after that one was killed", async () => {
  expect((await ask(1, "GET", "/api/me")).status).toBe(200);
  // Killed while it answers: what was committed stands, what was not has no effect.
  const asking = Array.from({ length: 20 }, (_, n) =>
    ask(0, "POST", "/api/admin/departments", { name: `Department ${n}` }).then(
      ({ status }) => status,
      () => null,
    ),
  );
  await Promise.any(asking);
  await processes[0]?.core.kill();
  const answered = (await Promise.all(asking)).filter((status) => status === 201).length;
  const { rows } = (await (await ask(1, "GET", "/api/admin/departments")).json()) as {
    rows: object[];
  };
  expect(rows.length).toBeGreaterThanOrEqual(answered);
  await processes[0]?.core.start();
  expect((await ask(0, "GET", "/api/me")).status).toBe(200);
  expect((await ask(0, "POST", "/api/auth/sign-out")).status).toBe(200);
  await until("over", async () => (await ask(1, "GET", "/api/me")).status === 401, 1000);
  const { refreshToken } = signedIn;
  expect((await ask(1, "POST", "/api/auth/refresh", { refreshToken })).status).toBe(401);
});
