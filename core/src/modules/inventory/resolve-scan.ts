import type { Scanned } from "@millwright/contracts/api";
import { quantitySchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { Engineering } from "../engineering/index.ts";
import { readScan } from "./domain/scan.ts";

/** Says what somebody scanned. Null where the books do not know it; nothing is ever guessed. */
export async function resolveScan(
  tx: Transaction,
  engineering: Engineering,
  text: string,
): Promise<Scanned> {
  const scan = readScan(text);
  const quantity = quantitySchema.safeParse(scan.quantity).data ?? null;
  const place = scan.place ?? scan.plain;
  const item = scan.item ?? scan.plain;
  const lot = scan.lot ?? (scan.item === null ? scan.plain : null);
  const { rows } = await sql<Row>`
    select place.location_id as "locationId", place.code as "locationCode", lots.lot_id as "lotId",
           lots.number as "lotNumber", lots.item_id as "lotItemId", lots.found as "lotsFound"
      from (select 1) one
      left join inventory.location place on place.tenant_id = ${tx.tenantId} and place.code = ${place}
      left join lateral (
        select l.lot_id, l.number, l.item_id, count(*) over () as found
          from inventory.lot l
          join inventory.stocked_item i using (tenant_id, item_id)
         where l.tenant_id = ${tx.tenantId}
           and l.number = ${lot}
           and (${scan.item}::text is null or i.number = ${scan.item})
         limit 2) lots on true
     limit 1`.execute(tx.over());
  const [row] = rows;
  if (row?.locationId != null && scan.item === null && scan.lot === null) {
    return {
      ...unknown,
      kind: "location",
      locationId: row.locationId,
      locationCode: row.locationCode,
    };
  }
  const isOneLot = row?.lotId != null && Number(row.lotsFound) === 1;
  const itemId = isOneLot ? row.lotItemId : await itemIdOf(tx, engineering, item);
  const found = itemId === null ? null : await engineering.item(tx, itemId);
  if (found === null) return { ...unknown, lotNumber: scan.lot };
  return {
    ...unknown,
    kind: isOneLot ? "lot" : "item",
    itemId: found.itemId,
    itemNumber: found.number,
    itemName: found.name,
    uom: found.uom,
    lotId: isOneLot ? row.lotId : null,
    // A lot that nobody has received yet comes with its item.
    lotNumber: isOneLot ? row.lotNumber : scan.lot,
    quantity,
  };
}

async function itemIdOf(
  tx: Transaction,
  engineering: Engineering,
  number: string | null,
): Promise<string | null> {
  if (number === null) return null;
  return (await engineering.itemIds(tx, [number])).get(number) ?? null;
}

type Row = {
  locationId: string | null;
  locationCode: string | null;
  lotId: string | null;
  lotNumber: string | null;
  lotItemId: string | null;
  lotsFound: string | null;
};

const unknown: Scanned = {
  kind: "none",
  locationId: null,
  locationCode: null,
  itemId: null,
  itemNumber: null,
  itemName: null,
  uom: null,
  lotNumber: null,
  lotId: null,
  quantity: null,
};
