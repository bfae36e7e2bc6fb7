import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { BomItem, CheckedBom } from "./domain/bom.ts";
import { one } from "./domain/fraction.ts";
import { buildStructure } from "./domain/structure.ts";

/**
 * Refuses a revision through which its product would come to consist of itself, on any day and by any
 * alternate: over drafts and approved revisions of the other items alike, because each of them may hold
 * one day. Call under `lockStructures`.
 * @throws Refusal bom.cycle naming the items of a shortest cycle
 */
export async function refuseCycle(
  tx: Transaction,
  product: BomItem,
  bom: CheckedBom,
): Promise<void> {
  const parts = [...new Set(partsOf(bom))];
  if (parts.length === 0) return;
  const below = await readEdgesBelow(tx, parts, product.itemId);
  const own = parts.map((component) => ({ product: product.itemId, component, per: one }));
  const { cycle } = buildStructure([...own, ...below.map((edge) => ({ ...edge, per: one }))]);
  if (cycle === null) return;
  const numbers = await readNumbers(tx, cycle);
  const way = cycle.map((itemId) => numbers.get(itemId) ?? itemId).join(" → ");
  throw new Refusal(
    "bom.cycle",
    `${product.number} would be a part of itself: ${way}. Take one of these lines out.`,
    { kind: "invalid", current: way },
  );
}

function partsOf({ lines }: CheckedBom): string[] {
  return lines.flatMap(({ itemId, alternates }) => [
    itemId,
    ...alternates.map((alternate) => alternate.itemId),
  ]);
}

/** Everything below these items, the product's own revisions left out: the one being saved replaces them. */
async function readEdgesBelow(
  tx: Transaction,
  parts: readonly string[],
  productId: string,
): Promise<{ product: string; component: string }[]> {
  const { rows } = await sql<{ product: string; component: string }>`
    with recursive edge as materialized (
      select b.item_id as product, l.item_id as component
        from engineering.bom b join engineering.bom_line l using (tenant_id, bom_id)
       where b.state <> 'rejected'
      union
      select b.item_id, a.item_id
        from engineering.bom b join engineering.bom_alternate a using (tenant_id, bom_id)
       where b.state <> 'rejected'
    ), reached (item_id) as (
      select unnest(${[...parts]}::uuid[])
      union
      select e.component from reached r join edge e on e.product = r.item_id
       where r.item_id <> ${productId}
    )
    select e.product, e.component
      from reached r join edge e on e.product = r.item_id
     where r.item_id <> ${productId}`.execute(tx.over());
  return rows;
}

async function readNumbers(
  tx: Transaction,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ item_id: string; number: string }>`
    select item_id, number from engineering.item where item_id = any (${[...itemIds]}::uuid[])`.execute(
    tx.over(),
  );
  return new Map(rows.map((row) => [row.item_id, row.number]));
}
