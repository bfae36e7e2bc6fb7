import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Location } from "../domain/location.ts";

/** Those of the bins that lie below `aboveId`, at any depth, or are it. */
export async function binsBelow(
  tx: Transaction,
  aboveId: string,
  binIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ location_id: string }>`
    with recursive below (location_id) as (
      select ${aboveId}::uuid
      union
      select l.location_id
        from below b
        join inventory.location l on l.tenant_id = ${tx.tenantId} and l.parent_id = b.location_id
    )
    select location_id from below where location_id = any (${[...binIds]}::uuid[])`.execute(
    tx.over(),
  );
  return new Set(rows.map((row) => row.location_id));
}

/** A virtual location of the kind: the first by code, made when the company has none. */
export async function ensureVirtual(
  tx: Transaction,
  kind: "in_transit" | "adjustment",
  newId: () => string,
): Promise<Location> {
  const found = await findVirtual(tx, kind);
  if (found !== null) return found;
  await sql`
    insert into inventory.location (tenant_id, location_id, kind, code, name, allows_negative)
    values (${tx.tenantId}, ${newId()}, ${kind}, ${kind.toUpperCase()}, ${names[kind]}, ${kind === "adjustment"})
    on conflict (tenant_id, code) do nothing`.execute(tx.over());
  const made = await findVirtual(tx, kind);
  if (made !== null) return made;
  throw new Error(`location code ${kind.toUpperCase()} is taken by another kind of place`);
}

const names = { in_transit: "In transit", adjustment: "Adjustments" } as const;

async function findVirtual(tx: Transaction, kind: string): Promise<Location | null> {
  const { rows } = await sql<Location>`
    select location_id as "locationId", parent_id as "parentId", kind, code, name,
           allows_negative as "allowsNegative"
      from inventory.location
     where tenant_id = ${tx.tenantId}
       and kind = ${kind}
     order by code
     limit 1`.execute(tx.over());
  return rows[0] ?? null;
}
