import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Location } from "../domain/location.ts";

/** False when the code is in use. */
export async function insertLocation(tx: Transaction, location: Location): Promise<boolean> {
  const { rows } = await sql`
    insert into inventory.location
      (tenant_id, location_id, parent_id, kind, code, name, allows_negative)
    values (${tx.tenantId}, ${location.locationId}, ${location.parentId}, ${location.kind},
            ${location.code}, ${location.name}, ${location.allowsNegative})
    on conflict (tenant_id, code) do nothing
    returning location_id`.execute(tx.over());
  return rows.length === 1;
}

/** Those of the ids that exist, by id. */
export async function loadLocations(
  tx: Transaction,
  locationIds: Iterable<string>,
): Promise<Map<string, Location>> {
  const { rows } = await sql<Location>`
    select location_id as "locationId", parent_id as "parentId", kind, code, name,
           allows_negative as "allowsNegative"
      from inventory.location
     where tenant_id = ${tx.tenantId}
       and location_id = any (${[...locationIds]}::uuid[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.locationId, row]));
}
