import { standardDowntimeReasons } from "@millwright/contracts/states";
import { tenantIdSchema } from "@millwright/contracts/units";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  addTestTenant,
  createTestDatabase,
  type Isolation,
  type TestTenant,
} from "../../deploy/test/database.ts";
import { defaultPolicy } from "./modules/identity/default-policy.ts";
import { makeLine, openTestPlant, releaseOrder, type TestPlant } from "./testing/plant.ts";
import { type Api, makeRequest, type Route, routesOf } from "./testing/random-request.ts";

// Random users of random companies ask random routes for things of the others, by ids and names in
// path, query and body, in both isolation modes. No answer shows anything of another company, nothing
// of it changes, and nothing fails by a bug.

const requests = Number(process.env["LEAK_REQUESTS"] ?? 150);
const modes: { mode: string; isolation: Isolation }[] = [
  { mode: "in one database behind row security", isolation: "shared" },
  { mode: "each in a database of its own", isolation: "database" },
];

type Company = {
  tenantId: string;
  /** The administrator's first: all may do different things. */
  credentials: string[];
  /** Words and ids that nobody else has. */
  marks: string[];
};

describe.each(modes)("companies $mode", ({ isolation }) => {
  const open = new AsyncDisposableStack();
  let plant: TestPlant;
  let api: Api;
  let routes: Route[];
  let companies: Company[];

  beforeAll(async () => {
    const database = open.use(await createTestDatabase({ isolation }));
    const tenants: TestTenant[] = [database];
    for (let n = 0; n < 2; n += 1) {
      tenants.push(open.use(await addTestTenant(database, isolation)));
    }
    plant = open.use(await openTestPlant(database));
    api = (await (await plant.app.api.request("/api/openapi.json")).json()) as Api;
    // The live stream does not end; platform/http/live.test.ts holds it to one company.
    routes = routesOf(api).filter(({ path }) => path !== "/api/live");
    companies = [];
    for (const tenant of tenants) companies.push(await furnish(plant, tenant, routes));
  }, 60_000);
  afterAll(() => open.disposeAsync());

  test("leak nothing to each other, whatever is asked", async () => {
    // Nobody of the last company asks for anything: what it has stays as it is.
    const victim = companies.at(-1);
    const before = await digestOf(plant, victim);
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (stream) => {
        const pick = (below: number) => (stream.next().value ?? 0) % Math.max(1, below);
        const callers = companies.slice(0, -1);
        const company = callers[pick(callers.length)];
        const route = routes[pick(routes.length)];
        if (company === undefined || route === undefined) throw new Error("nothing to ask");
        const others = companies.filter((other) => other !== company);
        const foreign = others.flatMap(({ marks }) => marks);
        const made = makeRequest(api, route, {
          ids: foreign.filter((mark) => /^[0-9a-f-]{36}$/.test(mark)),
          texts: foreign,
          pick,
        });
        const answer = await plant.app.api.request(made.path, {
          method: made.method,
          headers: {
            authorization: `Bearer ${company.credentials[pick(company.credentials.length)]}`,
            ...(made.body !== undefined && { "content-type": "application/json" }),
          },
          ...(made.body !== undefined && { body: JSON.stringify(made.body) }),
        });
        const text = await answer.text();
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect(answer.status, `${made.method} ${made.path} ${text}`).not.toBe(500);
        // What was asked for may come back in the sentence that says that it is not there.
        const asked = `${decodeURIComponent(made.path)} ${JSON.stringify(made.body)}`;
        const leaked = foreign.filter((mark) => text.includes(mark) && !asked.includes(mark));
        expect(leaked, `${made.method} ${made.path}`).toEqual([]);
      }),
      { numRuns: requests },
    );
    expect(await digestOf(plant, victim)).toEqual(before);
    // Not everything was refused at the door.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(requests / 20);
    expect([...statuses.keys()].length).toBeGreaterThan(3);
  }, 120_000);
});

/** A company with machines, orders, people and keys, and all that its administrator can see of it. */
async function furnish(
  plant: TestPlant,
  tenant: TestTenant,
  routes: readonly Route[],
): Promise<Company> {
  const { tenantId, apiKey } = tenant;
  const as: TestPlant = { ...plant, call: ask, post };
  async function ask(method: string, path: string, body?: unknown) {
    const answer = await plant.app.api.request(path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
  }
  async function post<T>(path: string, body: unknown = {}): Promise<T> {
    const answer = await ask("POST", path, body);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  const word = `secret-${tenantId.slice(0, 8)}`;
  const { item } = await makeLine(as, [`saw ${word}`]);
  await releaseOrder(as, item.itemId, 10);
  await post("/api/edge-nodes", { edgeNodeId: `gateway-${word}` });
  await post("/api/admin/departments", {
    name: `Department ${word}`,
    parentId: null,
    siteId: null,
  });
  const credentials = [apiKey];
  const roles = defaultPolicy(() => crypto.randomUUID()).roles.map(({ role }) => role);
  for (let n = 0; n < 3; n += 1) {
    const some = roles.filter((_, index) => index % 3 === n);
    const key = await post<{ key: string }>("/api/admin/api-keys", {
      name: `Key ${n} ${word}`,
      roles: some,
      expiresTime: null,
    });
    credentials.push(key.key);
  }
  const { link } = await post<{ link: string }>("/api/admin/users", {
    name: `Ines ${word}`,
    email: `${word}@example.com`,
    roles: ["planner"],
    departmentId: null,
  });
  const session = await post<{ accessToken: string }>("/api/auth/links/use", {
    token: link.split("#token=")[1],
    password: "lathe spindle copper",
  });
  credentials.push(session.accessToken);

  const seen = new Set<string>([word, tenantId]);
  const readable = routes.filter(({ method, path }) => method === "GET" && !path.includes("{"));
  for (const { path } of readable) {
    const { body } = await ask("GET", path).catch(() => ({ body: null }));
    for (const [id] of JSON.stringify(body).matchAll(uuid)) seen.add(id);
  }
  // Every company has the standard reasons under the same ids, which tell nothing of it.
  for (const { reasonId } of standardDowntimeReasons) seen.delete(reasonId);
  return { tenantId, credentials, marks: [...seen] };
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What a company has, table by table; counts and digests of rows under its fence. */
async function digestOf(plant: TestPlant, company: Company | undefined) {
  const tenantId = tenantIdSchema.parse(company?.tenantId);
  return plant.core.db.inTenant(tenantId, async (tx) => {
    const tables = await sql<{ name: string }>`
      select c.oid::regclass::text as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
         and has_table_privilege(c.oid, 'select')
       order by 1`.execute(tx.over());
    const digests: Record<string, unknown> = {};
    for (const { name } of tables.rows) {
      const { rows } = await sql`
        select count(*)::integer as rows, md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as md5
          from ${sql.raw(name)} t`.execute(tx.over());
      digests[name] = rows[0];
    }
    // A guard that sees nothing guards nothing.
    expect(Object.keys(digests).length).toBeGreaterThan(20);
    return digests;
  });
}
