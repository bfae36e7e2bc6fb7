import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Conversion, Uom } from "../domain/uom.ts";

/** What the company added to the standard units; a handful. */
export async function readUoms(tx: Transaction): Promise<Uom[]> {
  const { rows } = await sql<Uom>`
    select uom, name, decimals
      from engineering.uom
     order by uom
     limit ${uomsMax}`.execute(tx.over());
  return rows;
}

/** Conversions for every item, and those of the items named. */
export async function readConversions(
  tx: Transaction,
  itemIds: readonly string[],
): Promise<Conversion[]> {
  const { rows } = await sql<Conversion>`
    select item_id as "itemId", from_uom as "from", to_uom as "to", numerator::text, denominator::text
      from engineering.uom_conversion
     where item_id is null or item_id = any (${[...itemIds]}::uuid[])
     order by item_id nulls last, from_uom, to_uom`.execute(tx.over());
  return rows;
}

/** False when the company has a unit of that name. */
export async function insertUom(tx: Transaction, { uom, name, decimals }: Uom): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.uom (tenant_id, uom, name, decimals)
    values (${tx.tenantId}, ${uom}, ${name}, ${decimals})
    on conflict do nothing
    returning uom`.execute(tx.over());
  return rows.length === 1;
}

/** False when there is one between these units already. */
export async function insertConversion(tx: Transaction, conversion: Conversion): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.uom_conversion (tenant_id, item_id, from_uom, to_uom, numerator, denominator)
    values (${tx.tenantId}, ${conversion.itemId}, ${conversion.from}, ${conversion.to},
            ${conversion.numerator}, ${conversion.denominator})
    on conflict do nothing
    returning from_uom`.execute(tx.over());
  return rows.length === 1;
}

const uomsMax = 1_000;
