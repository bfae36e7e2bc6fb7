import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Book, Gauge, GaugeMemory } from "../domain/gauge.ts";

export type StoredGauge = Gauge &
  GaugeMemory &
  Book & {
    locationCode: string;
    itemNumber: string;
    uom: string;
    uomDecimals: number;
    version: number;
  };

/** By the code of the bin, each with what the books say of its item now. */
export async function readGauges(
  tx: Transaction,
  asked: { gaugeId?: string; isActive?: true; after: string; limit: number },
): Promise<StoredGauge[]> {
  const { rows } = await sql<StoredGauge>`
    select g.gauge_id as "gaugeId", g.work_unit_id as "workUnitId", g.role,
           g.metric_name as "metricName", g.location_id as "locationId", g.item_id as "itemId",
           trim_scale(g.factor)::text as factor, trim_scale(g.tolerance)::text as tolerance,
           trim_scale(g.refill_below)::text as "refillBelow",
           trim_scale(g.refill_to)::text as "refillTo",
           trim_scale(g.auto_confirm_up_to)::text as "autoConfirmUpTo",
           g.is_refill_automatic as "isRefillAutomatic", g.is_active as "isActive",
           g.rejected_difference::text as "rejectedDifference",
           g.is_refill_decided as "isRefillDecided", g.version, place.code as "locationCode",
           i.number as "itemNumber", i.uom, i.uom_decimals as "uomDecimals",
           book.quantity as expected, moved.time as "lastMoveTime"
      from inventory.level_gauge g
      join inventory.location place using (tenant_id, location_id)
      join inventory.stocked_item i using (tenant_id, item_id)
     cross join lateral (
           select trim_scale(coalesce(sum(b.quantity), 0))::text as quantity
             from inventory.balance b
            where b.tenant_id = g.tenant_id
              and b.location_id = g.location_id
              and b.item_id = g.item_id) book
     cross join lateral (
           select greatest(
                    (select m.moved_time
                       from inventory.stock_move m
                      where m.tenant_id = g.tenant_id
                        and m.from_location_id = g.location_id
                        and m.item_id = g.item_id
                      order by m.position desc
                      limit 1),
                    (select m.moved_time
                       from inventory.stock_move m
                      where m.tenant_id = g.tenant_id
                        and m.to_location_id = g.location_id
                        and m.item_id = g.item_id
                      order by m.position desc
                      limit 1)) as time) moved
     where g.tenant_id = ${tx.tenantId}
       and (${asked.gaugeId ?? null}::uuid is null or g.gauge_id = ${asked.gaugeId ?? null})
       and (${asked.isActive ?? null}::boolean is null or g.is_active)
       and place.code > ${asked.after}
     order by place.code
     limit ${asked.limit}`.execute(tx.over());
  return rows;
}

/** Held until the transaction ends; always taken before the proposals of the gauge. */
export async function lockGauges(tx: Transaction, gaugeId: string | null): Promise<void> {
  await sql`
    select from inventory.level_gauge
     where tenant_id = ${tx.tenantId}
       and (${gaugeId}::uuid is null or gauge_id = ${gaugeId})
     order by gauge_id
       for no key update`.execute(tx.over());
}

/** False when another gauge measures the bin. */
export async function insertGauge(tx: Transaction, gauge: Gauge): Promise<boolean> {
  const { rows } = await sql`
    insert into inventory.level_gauge
      (tenant_id, gauge_id, work_unit_id, role, metric_name, location_id, item_id, factor, tolerance,
       refill_below, refill_to, auto_confirm_up_to, is_refill_automatic, is_active)
    values (${tx.tenantId}, ${gauge.gaugeId}, ${gauge.workUnitId}, ${gauge.role}, ${gauge.metricName},
            ${gauge.locationId}, ${gauge.itemId}, ${gauge.factor}, ${gauge.tolerance},
            ${gauge.refillBelow}, ${gauge.refillTo}, ${gauge.autoConfirmUpTo},
            ${gauge.isRefillAutomatic}, ${gauge.isActive})
    on conflict (tenant_id, location_id) do nothing
    returning gauge_id`.execute(tx.over());
  return rows.length === 1;
}

/** Forgets what was decided under the old rules. False when another gauge measures the bin. */
export async function updateGauge(tx: Transaction, gauge: Gauge): Promise<boolean> {
  const { rows } = await sql`
    update inventory.level_gauge g
       set work_unit_id = ${gauge.workUnitId}, role = ${gauge.role}, metric_name = ${gauge.metricName},
           location_id = ${gauge.locationId}, item_id = ${gauge.itemId}, factor = ${gauge.factor},
           tolerance = ${gauge.tolerance}, refill_below = ${gauge.refillBelow},
           refill_to = ${gauge.refillTo}, auto_confirm_up_to = ${gauge.autoConfirmUpTo},
           is_refill_automatic = ${gauge.isRefillAutomatic}, is_active = ${gauge.isActive},
           rejected_difference = null, is_refill_decided = false, version = version + 1
     where g.tenant_id = ${tx.tenantId}
       and g.gauge_id = ${gauge.gaugeId}
       and not exists (select from inventory.level_gauge other
                        where other.tenant_id = g.tenant_id
                          and other.location_id = ${gauge.locationId}
                          and other.gauge_id <> g.gauge_id)
    returning g.gauge_id`.execute(tx.over());
  return rows.length === 1;
}

export type Remembered = {
  gaugeId: string;
  rejectedDifference: string | null;
  isRefillDecided: boolean;
};

export async function saveMemories(tx: Transaction, memories: readonly Remembered[]) {
  await sql`
    update inventory.level_gauge g
       set rejected_difference = m."rejectedDifference", is_refill_decided = m."isRefillDecided"
      from jsonb_to_recordset(${JSON.stringify(memories)}::jsonb)
        as m ("gaugeId" uuid, "rejectedDifference" numeric, "isRefillDecided" boolean)
     where g.tenant_id = ${tx.tenantId}
       and g.gauge_id = m."gaugeId"
       and (g.rejected_difference, g.is_refill_decided)
           is distinct from (m."rejectedDifference", m."isRefillDecided")`.execute(tx.over());
}

/** The difference that a person said is none; null: there is no such difference any more. */
export async function saveRejected(tx: Transaction, gaugeId: string, difference: string | null) {
  await sql`
    update inventory.level_gauge
       set rejected_difference = ${difference}
     where tenant_id = ${tx.tenantId}
       and gauge_id = ${gaugeId}`.execute(tx.over());
}

/** Until the level has been above its limit. */
export async function saveRefillDecided(tx: Transaction, gaugeId: string) {
  await sql`
    update inventory.level_gauge
       set is_refill_decided = true
     where tenant_id = ${tx.tenantId}
       and gauge_id = ${gaugeId}`.execute(tx.over());
}
