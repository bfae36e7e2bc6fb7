import { tenantIdSchema, type TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { until } from "../../../../deploy/test/until.ts";
import { openPlatform } from "../open-platform.ts";
import type { Platform } from "../platform.ts";
import { Authorisation } from "./authorisation.ts";
import { catalogue, managers, question, rule, sentence } from "./policy.fixture.ts";
import type { PolicyDocument } from "./policy.ts";
import { savePolicy } from "./save-policy.ts";
import { readPolicy, readVersion } from "./store.ts";

let database: TestDatabase;
let tenantId: TenantId;
let stop: AsyncDisposableStack;
/** Two processes as far as the policy is concerned: pools, listeners and memory of their own. */
let here: Process;
let there: Process;

type Process = { platform: Platform; authorisation: Authorisation };

beforeEach(async () => {
  stop = new AsyncDisposableStack();
  database = stop.use(await createTestDatabase({ hasPolicy: false }));
  tenantId = tenantIdSchema.parse(database.tenantId);
  here = await startProcess(database.urls.core);
  there = await startProcess(database.urls.worker);
});
afterEach(() => stop.disposeAsync());

test("a policy comes back as it was saved, with the version that saving returned", async () => {
  const version = await save(managers);
  const stored = await here.platform.db.inTenant(tenantId, readPolicy);
  expect(stored.version).toBe(version);
  expect(stored.document).toEqual({
    ...managers,
    rules: managers.rules.toSorted((a, b) => (a.ruleId < b.ruleId ? -1 : 1)),
  });
});

test("a tenant without a policy may do nothing; with one, what it says", async () => {
  expect(await here.authorisation.isAllowed(tenantId, question())).toBe(false);
  await save(managers);
  await until("the new policy", () => here.authorisation.isAllowed(tenantId, question()));
  const big = question({ object: { amount: "10000", departmentId: "d1" } });
  expect(await here.authorisation.isAllowed(tenantId, big)).toBe(false);
  const { because } = await here.authorisation.explain(tenantId, big);
  expect(because).toContain("object.amount < 10000 is false (object.amount is 10000)");
});

test("a saved policy is in force in every process within a second, and so is its withdrawal", async () => {
  const processes = [here, there];
  const areAll = async (expected: boolean) => {
    const answers = processes.map(({ authorisation }) =>
      authorisation.isAllowed(tenantId, question()),
    );
    return (await Promise.all(answers)).every((answer) => answer === expected);
  };
  let version = await save(managers);
  await until("all allow", () => areAll(true), 1000);
  for (let round = 0; round < 3; round += 1) {
    version = await save({ ...managers, rules: [] }, version);
    await until("all refuse", () => areAll(false), 1000);
    version = await save(managers, version);
    await until("all allow", () => areAll(true), 1000);
  }
});

test("a rule edited by hand in SQL moves the version and is in force as well", async () => {
  const before = await save(managers);
  await until("the policy", () => there.authorisation.isAllowed(tenantId, question()));
  await here.platform.db.inTenant(tenantId, async (tx) => {
    await sql`update platform.authz_rule set condition = 'object.amount < 5'
               where condition = ${sentence}`.execute(tx.over());
    expect(await readVersion(tx)).toBeGreaterThan(before);
  });
  await until("the edit", async () => !(await there.authorisation.isAllowed(tenantId, question())));
});

test("a change made while nobody listened is found after the connection came back", async () => {
  const version = await save(managers);
  await until("the policy", () => there.authorisation.isAllowed(tenantId, question()));
  await endListeningOf("mw_worker");
  await save({ ...managers, rules: [] }, version);
  await until(
    "the change",
    async () => !(await there.authorisation.isAllowed(tenantId, question())),
  );
});

test("another tenant's policy is invisible and never matches, though roles and rules have the same names", async () => {
  await save(managers);
  const other = await makeTenant();
  await until("the policy", () => here.authorisation.isAllowed(tenantId, question()));
  expect(await here.authorisation.isAllowed(other, question())).toBe(false);
  const seen = await here.platform.db.inTenant(other, readPolicy);
  expect(seen).toMatchObject({ version: 0n, document: { roles: [], rules: [] } });
  for (const table of ["authz_policy", "authz_role", "authz_role_parent", "authz_rule"]) {
    const { rows } = await here.platform.db.inTenant(other, (tx) =>
      sql`select from ${sql.table(`platform.${table}`)}`.execute(tx.over()),
    );
    expect(rows, table).toEqual([]);
  }
  // The other way round: the other tenant lets everybody do it, which changes nothing here.
  const open = { ...managers, rules: [rule("buyer", "approve", null)] };
  await save(open, 0n, other);
  const foreign = question({ object: { amount: "1", departmentId: "d2" } });
  await until("its policy", () => here.authorisation.isAllowed(other, foreign));
  expect(await here.authorisation.isAllowed(tenantId, foreign)).toBe(false);
});

test("a rule of one tenant cannot be written by another, nor given to its roles", async () => {
  await save(managers);
  const other = await makeTenant();
  const insert = (as: TenantId) =>
    here.platform.db.inTenant(other, (tx) =>
      sql`insert into platform.authz_rule (tenant_id, rule_id, role, object_type, action, effect)
          values (${as}, gen_random_uuid(), 'buyer', 'purchase_order', 'approve', 'allow')`.execute(
        tx.over(),
      ),
    );
  await expect(insert(tenantId)).rejects.toThrow("row-level security");
  await expect(insert(other)).rejects.toThrow("foreign key");
});

test("a policy that does not parse is refused with a sentence, and nothing of it is saved", async () => {
  const version = await save(managers);
  const bad = { ...managers, rules: [rule("buyer", "approve", "object.amount < ")] };
  await expect(save(bad, version)).rejects.toMatchObject({
    code: "authz.condition_invalid",
    message: expect.stringContaining("is expected at character 17, found the end"),
  });
  const stored = await here.platform.db.inTenant(tenantId, readPolicy);
  expect(stored).toMatchObject({ version, document: { rules: [{}, {}] } });
});

test("of two administrators who save the same version, the second is told", async () => {
  const version = await save(managers);
  const results = await Promise.allSettled([save(managers, version), save(managers, version)]);
  const refused = results.filter(({ status }) => status === "rejected");
  expect(refused).toEqual([
    { status: "rejected", reason: expect.objectContaining({ code: "authz.policy_changed" }) },
  ]);
});

test("when the policy cannot be read nobody may: the question fails", async () => {
  await save(managers);
  const platform = await openPlatform({
    process: "test",
    databaseUrl: database.urls.core,
    logLevel: "silent",
  });
  await platform[Symbol.asyncDispose]();
  const authorisation = new Authorisation(catalogue, platform);
  await expect(authorisation.isAllowed(tenantId, question())).rejects.toThrow();
});

async function startProcess(databaseUrl: string): Promise<Process> {
  const platform = stop.use(
    await openPlatform({ process: "test", databaseUrl, logLevel: "silent" }),
  );
  const authorisation = stop.use(new Authorisation(catalogue, platform));
  authorisation.start();
  return { platform, authorisation };
}

function save(document: PolicyDocument, expectedVersion = 0n, tenant = tenantId): Promise<bigint> {
  return here.platform.db.inTenant(tenant, (tx) =>
    savePolicy(tx, { document, expectedVersion, catalogue }),
  );
}

async function makeTenant(): Promise<TenantId> {
  const other = tenantIdSchema.parse(crypto.randomUUID());
  await here.platform.db.inTenant(other, (tx) =>
    sql`insert into identity.tenant (tenant_id, name) values (${other}, 'other')`.execute(
      tx.over(),
    ),
  );
  return other;
}

async function endListeningOf(role: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.urls.worker });
  await client.connect();
  try {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where usename = $1 and datname = current_database() and query like 'listen %'`,
      [role],
    );
  } finally {
    await client.end();
  }
}
