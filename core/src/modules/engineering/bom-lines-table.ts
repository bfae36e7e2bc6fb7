import { type BomLineRow, bomLineSchema } from "@millwright/contracts/api";
import { daySchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { cell } from "../../platform/tables/cells.ts";
import type { Column } from "../../platform/tables/column.ts";

/** Lines of revisions as a file: product, revision and component by their numbers. */
export const bomLineColumns: readonly Column<BomLineRow>[] = [
  { field: "productNumber", kind: "text", show: (row) => row.productNumber },
  { field: "revision", kind: "text", show: (row) => row.revision },
  { field: "state", kind: "text", show: (row) => row.state },
  { field: "effectiveFrom", kind: "text", show: (row) => row.effectiveFrom },
  { field: "position", kind: "number", show: (row) => row.position },
  { field: "itemNumber", kind: "text", show: (row) => row.itemNumber },
  { field: "itemName", kind: "text", show: (row) => row.itemName },
  { field: "quantity", kind: "decimal", show: (row) => row.quantity },
  { field: "uom", kind: "text", show: (row) => row.uom },
  { field: "scrapPercent", kind: "decimal", show: (row) => row.scrapPercent },
  { field: "consumption", kind: "text", show: (row) => row.consumption },
  { field: "step", kind: "number", show: (row) => row.step },
  { field: "note", kind: "text", show: (row) => row.note },
];

/** Columns that follow from others. */
export const bomLineColumnsPassedOver = ["bomId", "state", "itemName"];

const { position, quantity, uom, scrapPercent, consumption, note } = bomLineSchema.shape;

/** A row of an import; the first of a product and revision says from which day it holds. */
export const bomLineRowToImportSchema = z.object({
  productNumber: z.string().trim().min(1).max(60),
  revision: z.string().trim().min(1).max(20),
  effectiveFrom: daySchema.optional(),
  position: cell.number(position),
  itemNumber: z.string().trim().min(1).max(60),
  quantity,
  uom,
  scrapPercent,
  consumption,
  step: cell.number(z.number().int().positive()).optional(),
  note,
});
export type BomLineToImport = z.infer<typeof bomLineRowToImportSchema>;

type Place = { after: readonly string[] | null; limit: number };

/** By product, revision and position, after those three. One more than `limit` if there are. */
export async function readBomLinePage(
  tx: Transaction,
  asked: Place & { product: string | undefined; state: BomLineRow["state"] | undefined },
): Promise<BomLineRow[]> {
  const [product = "", revision = "", after = "0"] = asked.after ?? [];
  const { rows } = await sql<BomLineRow>`
    select b.bom_id as "bomId", p.number as "productNumber", b.revision, b.state,
           b.valid_from::text as "effectiveFrom", l.position, i.number as "itemNumber", i.name as "itemName",
           l.quantity::text as quantity, l.uom, l.scrap_percent::text as "scrapPercent", l.consumption, l.step,
           l.note
      from engineering.item p
      join engineering.bom b on b.item_id = p.item_id
      join engineering.bom_line l on l.bom_id = b.bom_id
      join engineering.item i on i.item_id = l.item_id
     where p.number >= ${product}
       and (p.number, b.revision, l.position) > (${product}, ${revision}, ${after}::integer)
       and (${asked.product ?? null}::text is null or starts_with(p.number, ${asked.product ?? ""}))
       and (${asked.state ?? null}::text is null or b.state = ${asked.state ?? null})
     order by p.number, b.revision, l.position
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows;
}
