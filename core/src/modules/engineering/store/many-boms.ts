import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { CheckedBom } from "../domain/bom.ts";

export type BomToInsert = CheckedBom & {
  bomId: string;
  itemId: string;
  /** Approved from this day at once, for an item without another approved revision; null: a draft. */
  from: string | null;
};

/** Inserts revisions and their lines as sets, saying how many lines are stored. Gives back the ids of those whose name was free. */
export async function insertManyBoms(
  tx: Transaction,
  boms: readonly BomToInsert[],
  onLines: (stored: number, total: number) => void,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ bom_id: string }>`
    insert into engineering.bom (tenant_id, bom_id, item_id, revision, quantity, note, state, valid_from)
    select ${tx.tenantId}, bom_id, item_id, revision, 1, '',
           case when valid_from is null then 'draft' else 'approved' end, valid_from
      from unnest(${boms.map(({ bomId }) => bomId)}::uuid[], ${boms.map(({ itemId }) => itemId)}::uuid[],
                  ${boms.map(({ revision }) => revision)}::text[], ${boms.map(({ from }) => from)}::date[])
        as made (bom_id, item_id, revision, valid_from)
    on conflict (tenant_id, item_id, revision) do nothing
    returning bom_id`.execute(tx.over());
  const added = new Set(rows.map((row) => row.bom_id));
  const lines = boms.flatMap(({ bomId, lines: own }) =>
    added.has(bomId) ? own.map((line) => ({ ...line, bomId })) : [],
  );
  for (let start = 0; start < lines.length; start += linesAtOnce) {
    const part = lines.slice(start, start + linesAtOnce);
    await sql`
      insert into engineering.bom_line
        (tenant_id, bom_id, position, item_id, quantity, uom, scrap_percent, consumption, step, note,
         per_over, per_under)
      select ${tx.tenantId}, *
        from unnest(${part.map((line) => line.bomId)}::uuid[],
                    ${part.map((line) => line.position)}::integer[],
                    ${part.map((line) => line.itemId)}::uuid[],
                    ${part.map((line) => line.quantity)}::numeric[],
                    ${part.map((line) => line.uom)}::text[],
                    ${part.map((line) => line.scrapPercent)}::numeric[],
                    ${part.map((line) => line.consumption)}::text[],
                    ${part.map((line) => line.step)}::integer[],
                    ${part.map((line) => line.note)}::text[],
                    ${part.map((line) => String(line.per.over))}::numeric[],
                    ${part.map((line) => String(line.per.under))}::numeric[])`.execute(tx.over());
    onLines(Math.min(lines.length, start + linesAtOnce), lines.length);
  }
  return added;
}

// A statement of ten columns and as many rows is about 1 MB.
const linesAtOnce = 10_000;

/** Items among these that have an approved revision already. */
export async function itemsWithApproved(
  tx: Transaction,
  itemIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ item_id: string }>`
    select distinct item_id
      from engineering.bom
     where state = 'approved'
       and item_id = any (${[...itemIds]}::uuid[])`.execute(tx.over());
  return new Set(rows.map((row) => row.item_id));
}

/** Every product and component of the tenant, over drafts, approved revisions and alternates. */
export async function readAllEdges(
  tx: Transaction,
): Promise<{ product: string; component: string }[]> {
  const { rows } = await sql<{ product: string; component: string }>`
    select b.item_id as product, l.item_id as component
      from engineering.bom b join engineering.bom_line l using (tenant_id, bom_id)
     where b.state <> 'rejected'
    union
    select b.item_id, a.item_id
      from engineering.bom b join engineering.bom_alternate a using (tenant_id, bom_id)
     where b.state <> 'rejected'`.execute(tx.over());
  return rows;
}

/** The items of these numbers. */
export async function readItemsByNumber(
  tx: Transaction,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, { itemId: string; number: string; uom: string; kind: string }>> {
  const { rows } = await sql<{ itemId: string; number: string; uom: string; kind: string }>`
    select item_id as "itemId", number, uom, kind
      from engineering.item
     where number = any (${[...numbers]}::text[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.number, row]));
}
