import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { invariant } from "../../../platform/errors.ts";
import type { EquipmentTables } from "./tables.ts";

/** The area of that name, made if it is new. */
export async function ensureArea(
  tx: Transaction,
  area: { areaId: string; siteId: string; name: string },
): Promise<string> {
  const row = await tx
    .over<EquipmentTables>()
    .insertInto("equipment.area")
    .values({
      area_id: area.areaId,
      tenant_id: tx.tenantId,
      site_id: area.siteId,
      name: area.name,
    })
    // Writing the same name is how an upsert gives back the row that was there.
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "site_id", "name"]).doUpdateSet({ name: area.name }),
    )
    .returning("area_id")
    .executeTakeFirst();
  invariant(row !== undefined, "an upsert gives a row");
  return row.area_id;
}

/** False when the area has a work center of that name; it goes last on the plant screen. */
export async function insertWorkCenter(
  tx: Transaction,
  workCenter: { workCenterId: string; areaId: string; name: string },
): Promise<boolean> {
  const { rows } = await sql`
    insert into equipment.work_center (work_center_id, tenant_id, area_id, name, display_order)
    select ${workCenter.workCenterId}, ${tx.tenantId}, ${workCenter.areaId}, ${workCenter.name},
           coalesce(max(display_order), 0) + 1
      from equipment.work_center
    on conflict (tenant_id, area_id, name) do nothing
    returning work_center_id`.execute(tx.over());
  return rows.length === 1;
}

export async function insertWorkUnit(
  tx: Transaction,
  workUnit: { workUnitId: string; workCenterId: string; name: string },
): Promise<void> {
  await tx
    .over<EquipmentTables>()
    .insertInto("equipment.work_unit")
    .values({
      work_unit_id: workUnit.workUnitId,
      tenant_id: tx.tenantId,
      work_center_id: workUnit.workCenterId,
      name: workUnit.name,
    })
    .execute();
}
