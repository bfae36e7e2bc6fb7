import type { Bom } from "@millwright/contracts/api";
import { sql } from "kysely";
import type { z } from "zod";
import type { bomHeadSchema } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";

export type ShownHead = z.infer<typeof bomHeadSchema>;

/** A revision with its lines by position. @throws Refusal bom.unknown */
export async function readBom(tx: Transaction, bomId: string): Promise<Bom> {
  const { rows } = await sql<Bom>`
    select ${headColumns}, b.quantity::text as quantity, b.note,
           i.number as "itemNumber", i.name as "itemName", i.uom as "itemUom",
           coalesce(
             (select jsonb_agg(jsonb_build_object(
                       'position', l.position, 'itemId', l.item_id, 'quantity', l.quantity::text, 'uom', l.uom,
                       'scrapPercent', l.scrap_percent::text, 'from', l.valid_from, 'to', l.valid_to,
                       'consumption', l.consumption, 'step', l.step, 'note', l.note,
                       'itemNumber', c.number, 'itemName', c.name, 'itemKind', c.kind, 'itemUom', c.uom,
                       'alternates', coalesce(
                         (select jsonb_agg(jsonb_build_object(
                                   'itemId', a.item_id, 'priority', a.priority, 'quantity', a.quantity::text,
                                   'uom', a.uom, 'itemNumber', o.number, 'itemName', o.name,
                                   'itemKind', o.kind, 'itemUom', o.uom)
                                 order by a.priority)
                            from engineering.bom_alternate a
                            join engineering.item o on o.item_id = a.item_id
                           where a.bom_id = l.bom_id and a.position = l.position),
                         '[]'))
                     order by l.position)
                from engineering.bom_line l
                join engineering.item c on c.item_id = l.item_id
               where l.bom_id = b.bom_id),
             '[]') as lines,
           coalesce(
             (select jsonb_agg(jsonb_build_object(
                       'itemId', p.item_id, 'quantity', p.quantity::text, 'uom', p.uom,
                       'costSharePercent', p.cost_share_percent::text,
                       'itemNumber', c.number, 'itemName', c.name, 'itemKind', c.kind, 'itemUom', c.uom)
                     order by c.number)
                from engineering.bom_by_product p
                join engineering.item c on c.item_id = p.item_id
               where p.bom_id = b.bom_id),
             '[]') as "byProducts"
      from engineering.bom b
      join engineering.item i on i.item_id = b.item_id
     where b.bom_id = ${bomId}`.execute(tx.over());
  const [bom] = rows;
  if (bom === undefined) {
    throw new Refusal("bom.unknown", `There is no BOM ${bomId}.`, { kind: "absent" });
  }
  return bom;
}

/** Revisions of an item, newest first. @throws Refusal item.unknown */
export async function readBoms(tx: Transaction, itemId: string): Promise<ShownHead[]> {
  const { rows } = await sql<ShownHead>`
    select ${headColumns}
      from engineering.bom b
     where b.item_id = ${itemId}
     order by b.created_time desc, b.revision desc
     limit ${revisionsMax}`.execute(tx.over());
  return rows;
}

const headColumns = sql`
  b.bom_id as "bomId", b.item_id as "itemId", b.revision, b.state, b.valid_from::text as "from",
  b.valid_to::text as "to", b.version,
  (select count(*)::integer from engineering.bom_line l where l.bom_id = b.bom_id) as "lineCount"`;
const revisionsMax = 500;
