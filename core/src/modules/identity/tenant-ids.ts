import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Databases } from "../../platform/db/databases.ts";

/** Companies of every database that is there, at most so many, in a stable order: for figures. */
export async function readTenantIds(
  db: Pick<Databases, "homes">,
  atMost: number,
): Promise<TenantId[]> {
  const found = new Set<TenantId>();
  for (const home of db.homes()) {
    const rows = await home.db.query(sql<{ tenant_id: string }>`
      select tenant_id from identity.tenant_ids(${atMost}) as tenant_id`);
    for (const { tenant_id } of rows) found.add(tenantIdSchema.parse(tenant_id));
  }
  return [...found].slice(0, atMost);
}
