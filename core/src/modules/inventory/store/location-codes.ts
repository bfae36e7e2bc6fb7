import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** Codes by id. */
export async function readLocationCodes(
  tx: Transaction,
  locationIds: Iterable<string>,
): Promise<Map<string, string>> {
  const { rows } = await sql<{ location_id: string; code: string }>`
    select location_id, code
      from inventory.location
     where tenant_id = ${tx.tenantId}
       and location_id = any (${[...new Set(locationIds)]}::uuid[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.location_id, row.code]));
}

/** Ids by code; codes that do not exist are left out. */
export async function readLocationIds(
  tx: Transaction,
  codes: Iterable<string>,
): Promise<Map<string, string>> {
  const { rows } = await sql<{ location_id: string; code: string }>`
    select location_id, code
      from inventory.location
     where tenant_id = ${tx.tenantId}
       and code = any (${[...new Set(codes)]}::text[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.code, row.location_id]));
}
