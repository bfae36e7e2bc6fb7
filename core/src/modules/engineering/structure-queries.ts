import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { TreeLine } from "./domain/bom-tree.ts";

/** What a calculation over structures needs of an item. */
export type StructureItem = {
  itemId: string;
  number: string;
  name: string;
  kind: "make" | "buy" | "phantom";
  uom: string;
  purchasePrice: string | null;
  /** Work of its routing per unit, company currency; "0" without rates. */
  workCost: string;
  /** Percent of the whole that by-products of the day's revision bear. */
  byProductShare: string;
  bomId: string | null;
  revision: string | null;
};

/** Lines of the day for a product and everything below it; `bomId` replaces the product's own revision. */
export async function readLinesBelow(
  tx: Transaction,
  { itemId, day, bomId }: { itemId: string; day: string; bomId: string | null },
): Promise<TreeLine[]> {
  const { rows } = await sql<LineRow>`
    with recursive reached (item_id, bom_id) as (
      select ${itemId}::uuid,
             coalesce(${bomId}::uuid,
                      (select bom_id from engineering.bom
                        where item_id = ${itemId} and state = 'approved' and valid_from <= ${day}
                          and (valid_to is null or valid_to > ${day})))
      union
      select l.item_id, b.bom_id
        from reached r
        join engineering.bom_line l on l.bom_id = r.bom_id
         and (l.valid_from is null or l.valid_from <= ${day})
         and (l.valid_to is null or l.valid_to > ${day})
        left join engineering.bom b on b.item_id = l.item_id and b.state = 'approved'
         and b.valid_from <= ${day} and (b.valid_to is null or b.valid_to > ${day})
    )
    select r.item_id as product_id, l.item_id, l.position, l.per_over::text, l.per_under::text,
           exists (select from engineering.bom_alternate a
                    where a.bom_id = l.bom_id and a.position = l.position) as has_alternates
      from reached r
      join engineering.bom_line l on l.bom_id = r.bom_id
       and (l.valid_from is null or l.valid_from <= ${day})
       and (l.valid_to is null or l.valid_to > ${day})`.execute(tx.over());
  return rows.map(toLine);
}

/** Lines of the day on every way from an item up to the products that need it. */
export async function readLinesAbove(
  tx: Transaction,
  { itemId, day, isDeep }: { itemId: string; day: string; isDeep: boolean },
): Promise<TreeLine[]> {
  const { rows } = await sql<LineRow>`
    with recursive above (component_id, product_id) as (
      select ${itemId}::uuid, v.product_id
        from engineering.v_bom_line v
       where v.component_id = ${itemId} and v.valid_from <= ${day} and (v.valid_to is null or v.valid_to > ${day})
      union
      select a.product_id, v.product_id
        from above a
        join engineering.v_bom_line v on v.component_id = a.product_id
       where ${isDeep} and v.valid_from <= ${day} and (v.valid_to is null or v.valid_to > ${day})
    )
    select v.product_id, v.component_id as item_id, v.position, v.per_over::text, v.per_under::text,
           false as has_alternates
      from (select distinct component_id from above) a
      join engineering.v_bom_line v using (component_id)
     where v.valid_from <= ${day} and (v.valid_to is null or v.valid_to > ${day})`.execute(
    tx.over(),
  );
  return rows.map(toLine);
}

/** Every line of the tenant that holds on a day. */
export async function readAllLines(tx: Transaction, day: string): Promise<TreeLine[]> {
  const { rows } = await sql<LineRow>`
    select v.product_id, v.component_id as item_id, v.position, v.per_over::text, v.per_under::text,
           false as has_alternates
      from engineering.v_bom_line v
     where v.valid_from <= ${day} and (v.valid_to is null or v.valid_to > ${day})`.execute(
    tx.over(),
  );
  return rows.map(toLine);
}

/** The items asked for, or all; with what they cost by themselves. */
export async function readStructureItems(
  tx: Transaction,
  { itemIds, day }: { itemIds: readonly string[] | null; day: string },
): Promise<StructureItem[]> {
  const { rows } = await sql<StructureItem>`
    select i.item_id as "itemId", i.number, i.name, i.kind, i.uom, i.purchase_price::text as "purchasePrice",
           coalesce(work.cost, 0)::text as "workCost", b.bom_id as "bomId", b.revision,
           coalesce((select sum(p.cost_share_percent) from engineering.bom_by_product p
                      where p.bom_id = b.bom_id), 0)::text as "byProductShare"
      from engineering.item i
      left join engineering.bom b on b.item_id = i.item_id and b.state = 'approved'
       and b.valid_from <= ${day} and (b.valid_to is null or b.valid_to > ${day})
      left join lateral (
        -- Rates are per hour, times are milliseconds; a setup is spread over the lot the cost is for.
        select round(sum(r.cost_per_hour / 3600000
                         * (o.run_ms_per_unit::numeric + coalesce(o.setup_ms::numeric / i.cost_lot_size, 0))), 6) as cost
          from engineering.routing_operation o
          join engineering.work_center_rate r on r.work_center_id = o.work_center_id
         where o.item_id = i.item_id
      ) work on true
     where ${itemIds === null ? sql`true` : sql`i.item_id = any (${[...itemIds]}::uuid[])`}`.execute(
    tx.over(),
  );
  return rows;
}

type LineRow = {
  product_id: string;
  item_id: string;
  position: number;
  per_over: string;
  per_under: string;
  has_alternates: boolean;
};

function toLine(row: LineRow): TreeLine {
  return {
    productId: row.product_id,
    itemId: row.item_id,
    position: row.position,
    per: { over: BigInt(row.per_over), under: BigInt(row.per_under) },
    hasAlternates: row.has_alternates,
  };
}

/** How people call these items. */
export async function readBomItemNames(
  tx: Transaction,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, { number: string; name: string }>> {
  const { rows } = await sql<{ item_id: string; number: string; name: string }>`
    select item_id, number, name
      from engineering.item
     where item_id = any (${[...itemIds]}::uuid[])`.execute(tx.over());
  return new Map(rows.map(({ item_id, ...named }) => [item_id, named]));
}
