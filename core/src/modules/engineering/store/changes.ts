import type { ChangeState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** An engineering change as it is stored. */
export type StoredChange = {
  changeId: string;
  number: string;
  title: string;
  reason: string;
  state: ChangeState;
  /** `YYYY-MM-DD` */
  effectiveDay: string;
  bomIds: string[];
  createdBy: string;
  createdTime: Date;
  decidedBy: string | null;
  version: number;
};

/** Locked until the transaction ends. */
export async function loadChange(
  tx: Transaction,
  changeId: string,
  { lock }: { lock: boolean },
): Promise<StoredChange | null> {
  if (lock) {
    await sql`select from engineering.change where change_id = ${changeId} for update`.execute(
      tx.over(),
    );
  }
  const [change] = await readChanges(tx, { changeId, state: undefined, before: null, limit: 1 });
  return change ?? null;
}

/** Newest first; `before` is the id of the last one of the page before. */
export async function readChanges(
  tx: Transaction,
  options: {
    changeId: string | null;
    state: ChangeState | undefined;
    before: string | null;
    limit: number;
  },
): Promise<StoredChange[]> {
  const { rows } = await sql<StoredChange>`
    select c.change_id as "changeId", c.number, c.title, c.reason, c.state,
           c.effective_day::text as "effectiveDay", c.created_by as "createdBy", c.created_time as "createdTime",
           c.decided_by as "decidedBy", c.version,
           (select coalesce(array_agg(b.bom_id::text order by b.bom_id), '{}') from engineering.change_bom b
             where b.change_id = c.change_id) as "bomIds"
      from engineering.change c
     where (${options.changeId}::uuid is null or c.change_id = ${options.changeId})
       and (${options.state ?? null}::text is null or c.state = ${options.state ?? null})
       and (${options.before}::uuid is null or c.change_id < ${options.before})
     order by c.change_id desc
     limit ${options.limit}`.execute(tx.over());
  return rows;
}

export async function insertChange(
  tx: Transaction,
  change: Omit<StoredChange, "number" | "state" | "createdTime" | "decidedBy" | "version">,
): Promise<void> {
  await sql`
    insert into engineering.change (tenant_id, change_id, number, title, reason, effective_day, created_by)
    select ${tx.tenantId}, ${change.changeId},
           'EC-' || lpad((count(*) + 1)::text, 5, '0'), ${change.title}, ${change.reason},
           ${change.effectiveDay}, ${change.createdBy}
      from engineering.change`.execute(tx.over());
  await insertBoms(tx, change);
}

/** Saves a change that is locked, one version on. */
export async function updateChange(tx: Transaction, change: StoredChange): Promise<void> {
  await sql`
    update engineering.change
       set title = ${change.title}, reason = ${change.reason}, state = ${change.state},
           effective_day = ${change.effectiveDay}, decided_by = ${change.decidedBy}, version = version + 1
     where change_id = ${change.changeId}`.execute(tx.over());
  await sql`delete from engineering.change_bom where change_id = ${change.changeId}`.execute(
    tx.over(),
  );
  await insertBoms(tx, change);
}

async function insertBoms(
  tx: Transaction,
  { changeId, bomIds }: Pick<StoredChange, "changeId" | "bomIds">,
): Promise<void> {
  await sql`
    insert into engineering.change_bom (tenant_id, change_id, bom_id)
    select ${tx.tenantId}, ${changeId}, unnest(${bomIds}::uuid[])`.execute(tx.over());
}

/** Number of the approved change a revision belongs to, which fixes it; or null. */
export async function approvedChangeOf(tx: Transaction, bomId: string): Promise<string | null> {
  const { rows } = await sql<{ number: string }>`
    select c.number
      from engineering.change_bom b
      join engineering.change c using (tenant_id, change_id)
     where b.bom_id = ${bomId}
       and c.state = 'approved'
     limit 1`.execute(tx.over());
  return rows[0]?.number ?? null;
}

export type ChangedBom = {
  bomId: string;
  itemId: string;
  itemNumber: string;
  itemName: string;
  revision: string;
  state: string;
};

export async function readChangedBoms(
  tx: Transaction,
  bomIds: readonly string[],
): Promise<ChangedBom[]> {
  const { rows } = await sql<ChangedBom>`
    select b.bom_id as "bomId", b.item_id as "itemId", i.number as "itemNumber", i.name as "itemName",
           b.revision, b.state
      from engineering.bom b
      join engineering.item i on i.item_id = b.item_id
     where b.bom_id = any (${[...bomIds]}::uuid[])
     order by i.number`.execute(tx.over());
  return rows;
}

/** Finds the id of a revision by what people call it, for those asked; undefined when there is none. */
export async function readBomIds(
  tx: Transaction,
  asked: readonly { itemNumber: string; revision: string }[],
): Promise<(of: { itemNumber: string; revision: string }) => string | undefined> {
  const { rows } = await sql<{ bomId: string; itemNumber: string; revision: string }>`
    select b.bom_id as "bomId", i.number as "itemNumber", b.revision
      from engineering.item i
      join engineering.bom b on b.item_id = i.item_id
     where i.number = any (${[...new Set(asked.map(({ itemNumber }) => itemNumber))]}::text[])
       and b.revision = any (${[...new Set(asked.map(({ revision }) => revision))]}::text[])`.execute(
    tx.over(),
  );
  const ids = new Map(rows.map((row) => [nameOf(row), row.bomId]));
  return (of) => ids.get(nameOf(of));
}

function nameOf({ itemNumber, revision }: { itemNumber: string; revision: string }): string {
  return JSON.stringify([itemNumber, revision]);
}
