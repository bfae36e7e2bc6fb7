import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { grantedSchemas } from "./apply-grants.ts";
import { type TestDatabase, createTestDatabase } from "../test/database.ts";

/** Tables that are not fenced by tenant, each with the reason. Nothing else may be without. */
const exempt: Readonly<Record<string, string>> = {
  "platform.subscription":
    "one cursor per subscription of the installation; names no tenant's data",
  "platform.process_config":
    "settings of each process of the installation, secrets masked; names no tenant's data",
  "platform.migration": "the runner's list of what was applied",
  "identity.sign_in_failure":
    "failed attempts, counted before it is known whose account it is; digests only",
};
/** Schemas without row security as a whole (ARCHITECTURE.md, decision 10), and what fences them instead. */
const exemptSchemas: Readonly<Record<string, string>> = {
  bullmq:
    "BullMQ's own tables, which it changes by its own migrations: platform/jobs alone reads them, by tenant",
  telemetry: "COPY and hypertables refuse row security; nobody but ingest has grants on its tables",
};
// A guard that sees nothing guards nothing.
const FENCED_FLOOR = 12;

let db: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  db = await createTestDatabase();
  owner = new pg.Client({ connectionString: db.urls.owner });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await db[Symbol.asyncDispose]();
});

type Table = {
  name: string;
  schema: string;
  has_tenant: boolean;
  is_fenced: boolean;
  is_forced: boolean;
};

describe("row security", () => {
  test("fences every table that has a tenant, also from its owner", async () => {
    const tables = await listTables();
    const open = tables.filter(
      ({ schema, has_tenant, is_fenced, is_forced }) =>
        !(schema in exemptSchemas) && has_tenant && !(is_fenced && is_forced),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
    expect(tables.filter(({ is_fenced }) => is_fenced).length).toBeGreaterThanOrEqual(FENCED_FLOOR);
  });

  test("is looked for in every schema: each one of ours is in the list of grants", async () => {
    const { rows } = await owner.query<{ schema: string }>(
      `select nspname as schema from pg_namespace
        where pg_get_userbyid(nspowner) = 'mw_owner' and nspname <> 'public' and nspname <> all ($1)`,
      [grantedSchemas],
    );
    expect(rows).toEqual([]);
  });

  test("is missing only where the list above says why", async () => {
    const tables = await listTables();
    const unexplained = tables.filter(
      ({ name, schema, has_tenant }) =>
        !has_tenant && !(schema in exemptSchemas) && !(name in exempt),
    );
    expect(unexplained.map(({ name }) => name)).toEqual([]);
    const stale = Object.keys(exempt).filter(
      (name) => !tables.some((table) => table.name === name),
    );
    expect(stale).toEqual([]);
  });

  test("compares with the tenant of the transaction in every policy that serving roles meet", async () => {
    // As a subquery, which is found once per statement; a plain call is parsed anew for every row.
    const rule = "(tenant_id = ( SELECT platform.tenant_id() AS tenant_id))";
    const { rows } = await owner.query<{ policy: string }>(
      `
      select schemaname || '.' || tablename || ' ' || policyname as policy
        from pg_policies
       where roles && array['public', 'mw_core', 'mw_worker', 'mw_ingest']::name[]
         and (qual is distinct from $1 or with_check is distinct from $1)`,
      [rule],
    );
    expect(rows).toEqual([]);
  });

  test("is not passed by a view: views of core's contexts run as who asks", async () => {
    const { rows } = await owner.query<{ view: string }>(
      `
      select n.nspname || '.' || c.relname as view
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('v', 'm') and n.nspname = any ($1) and n.nspname <> 'telemetry'
         and not coalesce('security_invoker=true' = any (c.reloptions), false)
         and (has_table_privilege('mw_core', c.oid, 'select')
           or has_table_privilege('mw_worker', c.oid, 'select'))`,
      [grantedSchemas],
    );
    expect(rows).toEqual([]);
  });

  test("is not passed by a partition: nobody but the owner may read one directly", async () => {
    const { rows } = await owner.query<{ partition: string }>(
      `
      select c.oid::regclass::text as partition
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
             cross join unnest(array['mw_core', 'mw_worker']) as role
       where c.relispartition and n.nspname = any ($1)
         and has_table_privilege(role, c.oid, 'select, insert, update, delete')`,
      [grantedSchemas],
    );
    expect(rows).toEqual([]);
  });
});

describe("schema telemetry, which has no row security,", () => {
  test("gives core and worker its views, and of its tables only the status of ingest", async () => {
    const { rows } = await owner.query<{ name: string }>(`
      select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'telemetry' and c.relkind in ('r', 'p', 'f')
         and (has_table_privilege('mw_core', c.oid, 'select, insert, update, delete')
           or has_table_privilege('mw_worker', c.oid, 'select, insert, update, delete'))`);
    expect(rows.filter(({ name }) => name !== "ingest_status")).toEqual([]);
  });

  test("filters every view by the tenant of the transaction", async () => {
    const { rows } = await owner.query<{ view: string }>(`
      select viewname as view from pg_views
       where schemaname = 'telemetry' and definition not like '%platform.tenant_id()%'`);
    expect(rows).toEqual([]);
  });
});

describe("a role", () => {
  test("is neither superuser nor able to bypass row security nor to make roles", async () => {
    const { rows } = await owner.query(
      `select rolname from pg_roles
        where rolname like 'mw\\_%' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`,
    );
    expect(rows).toEqual([]);
  });

  test("sees nothing without a tenant", async () => {
    for (const url of [db.urls.core, db.urls.worker, db.urls.owner]) {
      expect(await ask(url, "select site_id from identity.site")).toEqual([]);
    }
  });

  test("sees its tenant's rows and no other's", async () => {
    const sql = "select site_id from identity.site";
    expect(await ask(db.urls.core, sql, db.tenantId)).toEqual([{ site_id: db.siteId }]);
    expect(await ask(db.urls.core, sql, crypto.randomUUID())).toEqual([]);
  });

  test("cannot write another tenant's row", async () => {
    const sql = `insert into identity.tenant (tenant_id, name) values (gen_random_uuid(), 'x')`;
    await expect(ask(db.urls.core, sql, db.tenantId)).rejects.toThrow("row-level security");
  });

  test.each([
    ["core", "insert into platform.event default values"],
    ["worker", "update platform.event set type = 'x'"],
    ["core", "select from platform.stream"],
    ["core", "create table identity.mine ()"],
    ["core", "select from equipment.v_binding"],
    ["worker", "select equipment.cell_edge_nodes()"],
    ["core", "call platform.fence('identity.site')"],
    ["ingest", "select from equipment.binding"],
    ["ingest", "select from identity.tenant"],
    ["ingest", "select from platform.event"],
    ["ingest", "select platform.read_events(0, 1)"],
  ] as const)("%s may not: %s", async (role, sql) => {
    await expect(ask(db.urls[role], sql, db.tenantId)).rejects.toThrow("permission denied");
  });

  test.each([
    ["core", "select from platform.event"],
    ["worker", "select platform.last_position()"],
    ["worker", "select from platform.subscription for update"],
    ["ingest", "select from equipment.v_binding"],
    ["ingest", "select from equipment.v_edge_node"],
    ["ingest", "select platform.emit('[]')"],
    ["ingest", "select from platform.migration"],
  ] as const)("%s may: %s", async (role, sql) => {
    await expect(ask(db.urls[role], sql, db.tenantId)).resolves.toBeDefined();
  });
});

async function listTables(): Promise<Table[]> {
  const { rows } = await owner.query<Table>(
    `
    select n.nspname || '.' || c.relname as name, n.nspname as schema,
           c.relrowsecurity as is_fenced, c.relforcerowsecurity as is_forced,
           exists (select from pg_attribute a
                    where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as has_tenant
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any ($1)
     order by 1`,
    [grantedSchemas],
  );
  return rows;
}

async function ask(url: string, sql: string, tenantId = ""): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
