import type { StoredItem } from "@millwright/contracts/api";
import type { ItemKind, itemSorts } from "@millwright/contracts/states";
import { type RawBuilder, sql } from "kysely";

import type { ListOrder, OrderedList } from "../../platform/db/list-order.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { decimalsOf } from "./domain/uom.ts";
import { readUoms } from "./store/uoms.ts";

/** The item with its routing by step, or null. */
export async function readItem(tx: Transaction, itemId: string): Promise<StoredItem | null> {
  const [item] = await readItems(tx, sql`i.item_id = ${itemId}`, 1);
  return item ?? null;
}

/** Ids by item number; numbers that do not exist are left out. */
export async function readItemIds(
  tx: Transaction,
  numbers: Iterable<string>,
): Promise<Map<string, string>> {
  const { rows } = await sql<{ item_id: string; number: string }>`
    select item_id, number
      from engineering.item
     where number = any (${[...numbers]}::text[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.number, row.item_id]));
}

/** The list of items: by number. */
export const itemList: OrderedList<StoredItem, (typeof itemSorts)[number]> = {
  key: [{ by: sql`i.number`, as: "code", of: ({ number }) => number }],
  fields: {
    number: { by: sql`i.number`, as: "code", of: ({ number }) => number },
    name: { by: sql`i.name`, as: "text", of: ({ name }) => name },
    kind: { by: sql`i.kind`, as: "code", of: ({ kind }) => kind },
    uom: { by: sql`i.uom`, as: "text", of: ({ uom }) => uom },
    revision: { by: sql`i.revision`, as: "text", of: ({ revision }) => revision },
    tracking: { by: sql`i.tracking`, as: "code", of: ({ tracking }) => tracking },
    purchasePrice: {
      by: sql`i.purchase_price`,
      as: "number",
      of: ({ purchasePrice }) => purchasePrice,
    },
    standardCost: {
      by: sql`i.standard_cost`,
      as: "number",
      of: ({ standardCost }) => standardCost,
    },
  },
};

/** A page of items after `after`; `search` looks in number and name. One more than `limit` if there are. */
export async function readItemPage(
  tx: Transaction,
  options: {
    order: ListOrder<StoredItem>;
    after: readonly string[] | null;
    search: string | undefined;
    kind: ItemKind | undefined;
    limit: number;
  },
): Promise<StoredItem[]> {
  const where = sql`
    ${options.order.after(options.after)}
    and (${options.kind ?? null}::text is null or i.kind = ${options.kind ?? null})
    and (${options.search ?? null}::text is null
         or position(lower(${options.search ?? ""}) in lower(i.number || ' ' || i.name)) > 0)`;
  return readItems(tx, where, options.limit + 1, options.order.orderBy);
}

async function readItems(
  tx: Transaction,
  where: RawBuilder<unknown>,
  limit: number,
  orderBy: RawBuilder<unknown> = sql`i.number`,
): Promise<StoredItem[]> {
  const { rows } = await sql<Omit<StoredItem, "uomDecimals">>`
    select i.item_id as "itemId", i.number, i.name, i.kind, i.uom, i.description, i.revision, i.tracking,
           i.purchase_price::text as "purchasePrice", i.standard_cost::text as "standardCost", i.version,
           i.cost_lot_size::text as "costLotSize",
           coalesce(
             (select jsonb_agg(
                       jsonb_build_object(
                         'step', o.step, 'name', o.name, 'workCenterId', o.work_center_id,
                         'runMsPerUnit', o.run_ms_per_unit, 'setupMs', o.setup_ms,
                         'transferQuantity', o.transfer_quantity::text,
                         'setupFamilyId', o.setup_family_id,
                         'alternatives', coalesce(
                           (select jsonb_agg(
                                     jsonb_build_object('workCenterId', a.work_center_id, 'priority', a.priority,
                                                        'runMsPerUnit', a.run_ms_per_unit, 'setupMs', a.setup_ms)
                                     order by a.priority, a.work_center_id)
                              from engineering.routing_alternative a
                             where a.item_id = o.item_id and a.step = o.step),
                           '[]'),
                         'capabilityIds', coalesce(
                           (select jsonb_agg(c.capability_id order by c.capability_id)
                              from engineering.routing_capability c
                             where c.item_id = o.item_id and c.step = o.step),
                           '[]'))
                       order by o.step)
                from engineering.routing_operation o
               where o.item_id = i.item_id),
             '[]') as operations
      from engineering.item i
     where ${where}
     order by ${orderBy}
     limit ${limit}`.execute(tx.over());
  const uoms = await readUoms(tx);
  return rows.map((row) => ({ ...row, uomDecimals: decimalsOf(uoms, row.uom) }));
}
