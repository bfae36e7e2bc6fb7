import { tenantIdSchema, type TenantId } from "@millwright/contracts/units";
import pg from "pg";

import { verifyStock } from "../../core/src/modules/inventory/index.ts";
import { verifyWorkOrder } from "../../core/src/modules/production/index.ts";
import { Database } from "../../core/src/platform/db/database.ts";
import { listTables } from "./catalogue.ts";
import type { Manifest } from "./archive.ts";

export type Verified = {
  readonly tenants: number;
  readonly workOrders: number;
  /** In words for a person; empty when everything holds. At most 100. */
  readonly findings: readonly string[];
};

/**
 * Proves that what is stored follows from what happened: every work order is the fold of its events,
 * every stock balance the fold of its moves. With a manifest also that every table has as many rows as
 * were saved, which is only so until the first change after a restore.
 */
export async function verify(options: {
  /** Sees every tenant: the superuser. */
  adminUrl: string;
  /** Role of core, so that the fences of the tenants hold here too. */
  coreUrl: string;
  manifest?: Manifest;
}): Promise<Verified> {
  const admin = new pg.Client({ connectionString: options.adminUrl });
  await admin.connect();
  await using db = new Database(options.coreUrl, { poolMax: 2, onError: () => undefined });
  try {
    const findings: string[] = [];
    if (options.manifest !== undefined)
      findings.push(...(await compareCounts(admin, options.manifest)));
    let workOrders = 0;
    const tenants = await listTenants(admin);
    for (const tenantId of tenants) {
      findings.push(
        ...(await db.inTenant(tenantId, verifyStock)).map((found) => JSON.stringify(found)),
      );
      for await (const ids of workOrdersOf(admin, tenantId)) {
        workOrders += ids.length;
        findings.push(...(await verifyOrders(db, tenantId, ids)));
      }
    }
    return { tenants: tenants.length, workOrders, findings: findings.slice(0, findingsMax) };
  } finally {
    await admin.end();
  }
}

const findingsMax = 100;
// One transaction of this many orders stays short beside a plant that runs.
const ordersPerTransaction = 200;

async function verifyOrders(db: Database, tenantId: TenantId, ids: string[]): Promise<string[]> {
  return db.inTenant(tenantId, async (tx) => {
    const findings: string[] = [];
    for (const id of ids) {
      const found = await verifyWorkOrder(tx, id);
      if (found === null) continue;
      findings.push(`work order ${id} is ${found.stored} and its events say ${found.folded}`);
    }
    return findings;
  });
}

async function* workOrdersOf(admin: pg.Client, tenantId: TenantId): AsyncGenerator<string[]> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const { rows } = await admin.query<{ id: string }>(
      `select work_order_id as id from production.work_order
        where tenant_id = $1 and work_order_id > $2 order by work_order_id limit $3`,
      [tenantId, after, ordersPerTransaction],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ id }) => id);
    after = last.id;
  }
}

async function listTenants(admin: pg.Client): Promise<TenantId[]> {
  const { rows } = await admin.query<{ tenant_id: string }>(
    "select tenant_id from identity.tenant order by tenant_id",
  );
  return rows.map(({ tenant_id }) => tenantIdSchema.parse(tenant_id));
}

async function compareCounts(admin: pg.Client, { tables }: Manifest): Promise<string[]> {
  const findings: string[] = [];
  const present = new Set((await listTables(admin)).map(({ name }) => name));
  for (const { name, rows } of tables) {
    if (!present.has(name)) {
      findings.push(`the table ${name} is not there`);
      continue;
    }
    const { rows: counted } = await admin.query<{ n: string }>(`select count(*) as n from ${name}`);
    if (counted[0]?.n === String(rows)) continue;
    findings.push(`${name} has ${counted[0]?.n} rows, the archive ${rows}`);
  }
  return findings;
}
