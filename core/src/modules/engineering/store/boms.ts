import type { BomState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { CheckedBom } from "../domain/bom.ts";

export type BomHead = {
  bomId: string;
  itemId: string;
  revision: string;
  state: BomState;
  /** `YYYY-MM-DD`; null on a draft. */
  from: string | null;
  to: string | null;
  version: number;
};

/**
 * Lets one transaction of the tenant at a time change structures: two drafts that each close half of a
 * cycle would otherwise both be saved.
 */
export async function lockStructures(tx: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('engineering.bom ' || ${tx.tenantId}::text, 0))`.execute(
    tx.over(),
  );
}

export async function loadBomHead(tx: Transaction, bomId: string): Promise<BomHead | null> {
  const { rows } = await sql<BomHead>`
    select bom_id as "bomId", item_id as "itemId", revision, state, valid_from::text as "from",
           valid_to::text as "to", version
      from engineering.bom
     where bom_id = ${bomId}
       for update`.execute(tx.over());
  return rows[0] ?? null;
}

/** False when the item has a revision of that name. */
export async function insertBom(
  tx: Transaction,
  bom: { bomId: string; itemId: string } & CheckedBom,
): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.bom (tenant_id, bom_id, item_id, revision, quantity, note)
    values (${tx.tenantId}, ${bom.bomId}, ${bom.itemId}, ${bom.revision}, ${bom.quantity}, ${bom.note})
    on conflict (tenant_id, item_id, revision) do nothing
    returning bom_id`.execute(tx.over());
  if (rows.length === 0) return false;
  await insertParts(tx, bom.bomId, bom);
  return true;
}

/** Replaces everything of a draft that is locked; false when another revision has the name. */
export async function replaceBom(
  tx: Transaction,
  bom: { bomId: string; itemId: string } & CheckedBom,
): Promise<boolean> {
  const { rows } = await sql`
    update engineering.bom b
       set revision = ${bom.revision}, quantity = ${bom.quantity}, note = ${bom.note}, version = version + 1
     where bom_id = ${bom.bomId}
       and not exists (select from engineering.bom other
                        where other.item_id = b.item_id
                          and other.revision = ${bom.revision}
                          and other.bom_id <> b.bom_id)
    returning bom_id`.execute(tx.over());
  if (rows.length === 0) return false;
  await sql`delete from engineering.bom_line where bom_id = ${bom.bomId}`.execute(tx.over());
  await sql`delete from engineering.bom_by_product where bom_id = ${bom.bomId}`.execute(tx.over());
  await insertParts(tx, bom.bomId, bom);
  return true;
}

async function insertParts(tx: Transaction, bomId: string, bom: CheckedBom): Promise<void> {
  const lines = JSON.stringify(bom.lines, bigintAsText);
  await sql`
    insert into engineering.bom_line
      (tenant_id, bom_id, position, item_id, quantity, uom, scrap_percent, valid_from, valid_to, consumption,
       step, note, per_over, per_under)
    select ${tx.tenantId}, ${bomId}, position, "itemId", quantity, uom, "scrapPercent", "from", "to",
           consumption, step, note, (per ->> 'over')::numeric, (per ->> 'under')::numeric
      from jsonb_to_recordset(${lines}::jsonb)
        as (position integer, "itemId" uuid, quantity numeric, uom text, "scrapPercent" numeric, "from" date,
            "to" date, consumption text, step integer, note text, per jsonb)`.execute(tx.over());
  await sql`
    insert into engineering.bom_alternate
      (tenant_id, bom_id, position, priority, item_id, quantity, uom, per_over, per_under)
    select ${tx.tenantId}, ${bomId}, l.position, a.priority, a."itemId", a.quantity, a.uom,
           (a.per ->> 'over')::numeric, (a.per ->> 'under')::numeric
      from jsonb_to_recordset(${lines}::jsonb) as l (position integer, alternates jsonb),
           jsonb_to_recordset(l.alternates)
             as a (priority smallint, "itemId" uuid, quantity numeric, uom text, per jsonb)`.execute(
    tx.over(),
  );
  await sql`
    insert into engineering.bom_by_product
      (tenant_id, bom_id, item_id, quantity, uom, cost_share_percent, per_over, per_under)
    select ${tx.tenantId}, ${bomId}, "itemId", quantity, uom, "costSharePercent",
           (per ->> 'over')::numeric, (per ->> 'under')::numeric
      from jsonb_to_recordset(${JSON.stringify(bom.byProducts, bigintAsText)}::jsonb)
        as ("itemId" uuid, quantity numeric, uom text, "costSharePercent" numeric, per jsonb)`.execute(
    tx.over(),
  );
}

/** Approved from a day on; the caller has made room for it. */
export async function setApproved(
  tx: Transaction,
  bomId: string,
  days: { from: string; to: string | null },
): Promise<void> {
  await sql`
    update engineering.bom
       set state = 'approved', valid_from = ${days.from}, valid_to = ${days.to}, version = version + 1
     where bom_id = ${bomId}`.execute(tx.over());
}

export async function endApproved(tx: Transaction, bomId: string, to: string): Promise<void> {
  await sql`
    update engineering.bom
       set valid_to = ${to}, version = version + 1
     where bom_id = ${bomId}`.execute(tx.over());
}

/** Approved revisions of an item by their first day. */
export async function loadApproved(tx: Transaction, itemId: string): Promise<BomHead[]> {
  const { rows } = await sql<BomHead>`
    select bom_id as "bomId", item_id as "itemId", revision, state, valid_from::text as "from",
           valid_to::text as "to", version
      from engineering.bom
     where item_id = ${itemId}
       and state = 'approved'
     order by valid_from`.execute(tx.over());
  return rows;
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
