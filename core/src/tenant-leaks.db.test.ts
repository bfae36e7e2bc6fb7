import { tenantIdSchema } from "@millwright/contracts/units";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addTestTenant, createTestDatabase, type TestTenant } from "../../deploy/test/database.ts";
import { Database } from "./platform/db/database.ts";
import { seedApiKey } from "./modules/identity/index.ts";
import { openTestPlant, type TestPlant } from "./testing/plant.ts";

// Companies of one installation, each with data whose every name carries a mark. Random people of one
// company ask random routes with another company's ids in path, query and body. No answer may carry
// the other's mark or an id that was not asked with. The first company only suffers: not one of its rows
// may change.

const open = new AsyncDisposableStack();
let plant: TestPlant;
let owner: pg.Client;
let companies: Company[] = [];
let operations: Operation[] = [];

type Company = TestTenant & { mark: string; keys: string[]; ids: string[] };
type Schema = {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
};
type Operation = {
  method: string;
  path: string;
  parameters: { name: string; in: string; schema: Schema }[];
  body: Schema | null;
};

const roles = ["administrator", "plant_manager", "planner", "operator", "viewer"];
const runs = 500;
// A walk that sees nothing finds nothing.
const operationsFloor = 90;
const tablesFloor = 25;

beforeAll(async () => {
  const database = open.use(await createTestDatabase({ isolation: "shared" }));
  const others = [
    open.use(await addTestTenant(database, "shared")),
    open.use(await addTestTenant(database, "shared")),
  ];
  plant = open.use(await openTestPlant(database));
  owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  open.defer(() => owner.end());
  await using db = new Database(database.urls.owner, { poolMax: 1, onError: () => undefined });
  for (const [n, tenant] of [database, ...others].entries()) {
    companies.push(await makeCompany(db, tenant, `mark${n}q${crypto.randomUUID().slice(0, 8)}`));
  }
  operations = await readOperations();
});
afterAll(() => open.disposeAsync());

test("random people with other companies' ids learn nothing and change nothing", async () => {
  expect(operations.length).toBeGreaterThanOrEqual(operationsFloor);
  const [quiet] = companies;
  if (quiet === undefined) throw new Error("no company");
  const before = await digestOf(quiet);
  const statuses = new Map<number, number>();
  const attack = fc.record({
    attacker: fc.integer({ min: 1, max: companies.length - 1 }),
    victim: fc.nat(companies.length - 2),
    role: fc.nat(roles.length - 1),
    operation: fc.nat(operations.length - 1),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(attack, async (asked) => {
      const attacker = companies[asked.attacker];
      const others = companies.filter((company) => company !== attacker);
      const victim = others[asked.victim];
      const operation = operations[asked.operation];
      if (!attacker || !victim || !operation) throw new Error("out of range");
      const random = randomFrom(asked.seed);
      const request = requestOf(operation, victim, random);
      const answer = await plant.app.api.request(request.path, {
        method: operation.method,
        headers: {
          authorization: `Bearer ${attacker.keys[asked.role]}`,
          ...(request.body === null ? {} : { "content-type": "application/json" }),
          "if-match": '"1"',
        },
        ...(request.body === null ? {} : { body: request.body }),
      });
      const said = [...answer.headers.values(), await answer.text()].join("\n");
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const what = `${operation.method} ${request.path} ${request.body ?? ""}: ${answer.status}`;
      if (answer.status >= 500) throw new Error(`${what} ${said}`);
      for (const other of others) {
        if (said.includes(other.mark)) throw new Error(`${what} tells ${said}`);
        const told = other.ids.find((id) => said.includes(id) && !request.asked.includes(id));
        if (told !== undefined) throw new Error(`${what} tells ${told}`);
      }
    }),
    // A shrunk attack says no more than the first one that got through.
    { numRuns: runs, endOnFailure: true },
  );
  expect(await digestOf(quiet)).toEqual(before);
  // Not everything was stopped at the door: some requests reached the queries.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(20);
  expect(statuses.get(404) ?? 0).toBeGreaterThan(20);
});

/** A company with something of everything the API can make, all of it marked. */
async function makeCompany(db: Database, tenant: TestTenant, mark: string): Promise<Company> {
  const tenantId = tenantIdSchema.parse(tenant.tenantId);
  await owner.query("begin");
  await owner.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
  await owner.query("update identity.tenant set name = $1", [mark]);
  await owner.query("update identity.site set name = $1", [mark]);
  await owner.query("commit");
  const keys: string[] = [];
  for (const role of roles) {
    const asked = { name: `${mark} ${role}`, roles: [role] };
    keys.push(await db.inTenant(tenantId, (tx) => seedApiKey(tx, asked, new Date())));
  }
  const ids: string[] = [tenant.siteId];
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await plant.app.api.request(path, {
      method,
      headers: { authorization: `Bearer ${keys[0]}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    ids.push(...(text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []));
    return JSON.parse(text) as Record<string, string>;
  };
  const center = await call("POST", "/api/work-centers", { areaName: mark, name: mark });
  const operation = { step: 10, name: mark, workCenterId: center["workCenterId"] };
  const item = await call("POST", "/api/items", {
    number: mark,
    name: mark,
    kind: "make",
    uom: "pc",
    operations: [{ ...operation, runMsPerUnit: 1000, setupMs: 0 }],
  });
  await call("POST", "/api/work-orders", { itemId: item["itemId"], quantity: "5" });
  await call("POST", "/api/edge-nodes", { edgeNodeId: mark });
  await call("POST", "/api/admin/departments", { name: mark });
  await call("POST", "/api/admin/users", { name: mark, email: `${mark}@example.com`, roles: [] });
  await call("GET", "/api/admin/api-keys");
  const own = new Set(ids.filter((id) => id !== tenant.tenantId));
  return { ...tenant, mark, keys, ids: [...own] };
}

async function readOperations(): Promise<Operation[]> {
  const answer = await plant.app.api.request("/api/openapi.json");
  const document = (await answer.json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
    components?: { schemas?: Record<string, Schema> };
  };
  schemas = document.components?.schemas ?? {};
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, described]) => {
      // Its answer does not end; live.test.ts shows whose messages it carries.
      if (path === "/api/live") return [];
      const body = described["requestBody"] as
        | { content: Record<string, { schema: Schema }> }
        | undefined;
      const parameters = (described["parameters"] ?? []) as Operation["parameters"];
      const schema = body?.content["application/json"]?.schema ?? null;
      return [{ method: method.toUpperCase(), path, parameters, body: schema }];
    }),
  );
}
let schemas: Record<string, Schema> = {};

function requestOf(operation: Operation, victim: Company, random: (below: number) => number) {
  const anId = () => victim.ids[random(victim.ids.length)] ?? "";
  const of = (schema: Schema, isBody = false) => valueOf(schema, { anId, random, isBody });
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const schema = operation.parameters.find((each) => each.name === name)?.schema ?? {};
    return encodeURIComponent(schema.enum === undefined ? anId() : String(of(schema)));
  });
  const query = operation.parameters
    .filter((each) => each.in === "query" && each.name !== "cursor" && random(2) === 0)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(of(schema)))}`);
  const body =
    operation.body === null
      ? null
      : JSON.stringify({ ...(of(operation.body, true) as object), tenantId: victim.tenantId });
  const asked = `${path}?${query.join("&")}`;
  return { path: asked, body, asked: `${asked} ${body}` };
}

/** A value of about this shape; its ids are the victim's. */
function valueOf(
  schema: Schema,
  from: { anId: () => string; random: (below: number) => number; isBody: boolean },
  depth = 0,
): unknown {
  const { anId, random, isBody } = from;
  const { $ref, enum: words, anyOf, oneOf, allOf } = schema;
  if ($ref !== undefined) return valueOf(schemas[$ref.split("/").at(-1) ?? ""] ?? {}, from, depth);
  if (words !== undefined) return words[random(words.length)];
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return valueOf(choices[random(choices.length)] ?? {}, from, depth);
  if (allOf !== undefined) return valueOf(allOf[0] ?? {}, from, depth);
  const [type] = [schema.type].flat();
  switch (type) {
    case "array":
      return depth > 5 ? [] : [valueOf(schema.items ?? {}, from, depth + 1)];
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [
          name,
          depth > 5 ? null : valueOf(property, from, depth + 1),
        ]),
      );
    case "integer":
    case "number":
      return 1 + random(50);
    case "boolean":
      return random(2) === 0;
    default:
      if (schema.format === "uuid") return anId();
      // An id in a text of a body would be stored as one's own word, and told back rightly.
      return ["1", "x", "2026-11-20T10:00:00Z", "viewer", isBody ? "y" : anId()][random(5)];
  }
}

/** A digest of a company's rows by table, of every table that has a tenant. */
async function digestOf({ tenantId }: Company): Promise<Record<string, string>> {
  await owner.query("begin");
  await owner.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
  const { rows: tables } = await owner.query<{ name: string }>(`
    select c.oid::regclass::text as name
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and c.relforcerowsecurity
     order by 1`);
  expect(tables.length).toBeGreaterThanOrEqual(tablesFloor);
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await owner.query<{ digest: string }>(
      `select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as digest
         from ${name} t where tenant_id = platform.tenant_id()`,
    );
    digests[name] = rows[0]?.digest ?? "";
  }
  await owner.query("commit");
  return digests;
}

/** Integers in [0, below), the same for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
