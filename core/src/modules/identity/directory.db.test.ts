import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import {
  addTestTenant,
  createTestDatabase,
  type TestDatabase,
} from "../../../../deploy/test/database.ts";
import { registerTenant } from "../../../../deploy/tenant/create-tenant.ts";
import { until } from "../../../../deploy/test/until.ts";
import { SubscriptionRunner } from "../../platform/events/run-subscription.ts";
import { TestBrowser } from "../../testing/browser.ts";
import { openTestPlant, type TestPlant } from "../../testing/plant.ts";
import { accountsOf } from "./directory.ts";
import { identitySubscriptions } from "./index.ts";

// Two companies in two databases, and people who work for one or for both.

const open = new AsyncDisposableStack();
let database: TestDatabase;
let plant: TestPlant;
let other: Awaited<ReturnType<typeof addTestTenant>>;
const password = "lathe spindle copper";

beforeAll(async () => {
  database = open.use(await createTestDatabase({ isolation: "database" }));
  other = open.use(await addTestTenant(database, "database"));
  plant = open.use(await openTestPlant(database));
});
afterAll(() => open.disposeAsync());

test("sign-in finds a company with a database of its own by the directory", async () => {
  const email = "ines@example.com";
  await join(database.apiKey, email);
  await until("the directory knows", async () => {
    await digest();
    return (await accountsOf(plant.core.db, "INES@example.com")).length === 1;
  });
  const { me } = await new TestBrowser(plant.app).signIn({ email, password });
  expect(me).toMatchObject({ email, tenantId: database.tenantId });
});

test("who works for two companies in two databases chooses one", async () => {
  const email = "both@example.com";
  for (const { apiKey } of [database, other]) await join(apiKey, email);
  await digest();
  const browser = new TestBrowser(plant.app);
  const answer = await browser.call("POST", "/api/auth/sign-in", { email, password });
  expect(answer).toMatchObject({ status: 409, body: { code: "sign_in.company_needed" } });
});

test("a company whose database is away keeps nobody else out", async () => {
  const email = "third@example.com";
  await join(database.apiKey, email);
  await digest();
  const tenantId = crypto.randomUUID();
  await registerTenant(database.urls.owner, { tenantId, address: "no_such_database" });
  await plant.core.db.installation.db.inTenant(tenantIdSchema.parse(tenantId), (tx) =>
    sql`
      insert into identity.directory (tenant_id, user_id, email)
      values (${tenantId}, gen_random_uuid(), ${email})`.execute(tx.over()),
  );
  const { me } = await new TestBrowser(plant.app).signIn({ email, password });
  expect(me.tenantId).toBe(database.tenantId);
});

test("the directory shows a company nobody of another one", async () => {
  expect(await shown(other.tenantId)).toEqual([other.tenantId]);
  expect(await shown(crypto.randomUUID())).toEqual([]);
});

/** Companies of which the directory shows people to this one. */
function shown(tenantId: string): Promise<string[]> {
  return plant.core.db.installation.db.inTenant(tenantIdSchema.parse(tenantId), async (tx) => {
    const { rows } = await sql<{ tenant_id: string }>`
      select distinct tenant_id from identity.directory`.execute(tx.over());
    return rows.map(({ tenant_id }) => tenant_id);
  });
}

/** Invites and accepts, through the API. */
async function join(apiKey: string, email: string): Promise<void> {
  const browser = new TestBrowser(plant.app);
  const authorization = `Bearer ${apiKey}`;
  const invited = await browser.call<{ link: string }>(
    "POST",
    "/api/admin/users",
    { name: "Ines Roth", email, roles: [], departmentId: null },
    { authorization },
  );
  expect(invited.status).toBe(201);
  const token = invited.body.link.split("#token=")[1];
  const used = await browser.call("POST", "/api/auth/links/use", { token, password });
  expect(used.status).toBe(200);
}

/** What the worker does, in every database. */
async function digest(): Promise<void> {
  const { worker } = plant;
  for (const home of worker.db.homes()) {
    for (const subscription of identitySubscriptions({ platform: worker })) {
      const runner = new SubscriptionRunner(subscription, { ...worker, ...home });
      while (await runner.catchUp());
    }
  }
}
