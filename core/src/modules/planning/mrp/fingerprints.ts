import { type RawBuilder, sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { inputRows, type PlanFrame } from "./input-rows.ts";

/**
 * Of all rows that a plan reads about an item: the sum of their hashes, 64 bits each, as a decimal
 * number. That two inputs have one sum is as likely as 1 in 2^64.
 */
export type Fingerprint = {
  itemId: string;
  fingerprint: string;
  /** The same of the lines and by-products that bring or take the item. */
  structure: string;
};

/** What changed about an item since a plan was made. */
export type ChangedItem = Fingerprint & {
  /** Low-level code in that plan; null: it did not have the item. */
  level: number | null;
  isStructure: boolean;
};

/** Of all items, as they stand in this transaction. */
export async function readFingerprints(tx: Transaction, frame: PlanFrame): Promise<Fingerprint[]> {
  const { rows } = await sql<Fingerprint>`
    select item_id as "itemId", fingerprint::text, structure::text
      from (${fingerprints(frame)}) now`.execute(tx.over());
  return rows;
}

/**
 * Items about which anything that planning reads differs from what the plan was made with, found in
 * one pass over the input inside the database. Null when there are more than `limit`, or one is gone.
 */
export async function readChangedItems(
  tx: Transaction,
  frame: PlanFrame,
  { planId, limit }: { planId: string; limit: number },
): Promise<ChangedItem[] | null> {
  const { rows } = await sql<ChangedItem & { isGone: boolean }>`
    select item_id as "itemId", now.item_id is null as "isGone", now.fingerprint::text,
           now.structure::text, before.level,
           now.structure is distinct from before.structure as "isStructure"
      from (${fingerprints(frame)}) now
      full join (select item_id, fingerprint, structure, level
                   from planning.plan_item
                  where plan_id = ${planId}) before using (item_id)
     where now.fingerprint is distinct from before.fingerprint
        or now.structure is distinct from before.structure
     limit ${limit + 1}`.execute(tx.over());
  if (rows.length > limit || rows.some(({ isGone }) => isGone)) return null;
  return rows;
}

function fingerprints(frame: PlanFrame): RawBuilder<unknown> {
  const hashes = Object.entries(sources).map(([name, { item, isStructure }], seed) => {
    const rows = inputRows[name as keyof typeof sources](frame, null);
    return sql`
      select ${sql.ref(`r.${item}`)} as item_id, ${sql.raw(String(isStructure))} as is_structure,
             hash_record_extended(r, ${sql.raw(String(seed))}) as hash
        from (${rows}) r`;
  });
  return sql`
    select item_id, coalesce(sum(hash) filter (where not is_structure), 0) as fingerprint,
           coalesce(sum(hash) filter (where is_structure), 0) as structure
      from (${sql.join(hashes, sql` union all `)}) hashed
     group by item_id`;
}

/** The column that names the item. Equal rows of different sources have different hashes by their place here. */
const sources = {
  items: { item: "item_id", isStructure: false },
  lines: { item: "component_id", isStructure: true },
  alternates: { item: "item_id", isStructure: true },
  byProducts: { item: "by_product_id", isStructure: true },
  demands: { item: "item_id", isStructure: false },
  onHand: { item: "item_id", isStructure: false },
  openOrders: { item: "item_id", isStructure: false },
  transfers: { item: "item_id", isStructure: false },
} as const satisfies Record<keyof typeof inputRows, { item: string; isStructure: boolean }>;
