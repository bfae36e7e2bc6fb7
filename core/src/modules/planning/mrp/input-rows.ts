import { type RawBuilder, sql } from "kysely";

import { itemSites } from "../store/item-sites.ts";

/** Which plan, from which day on, by the clock of which zone. */
export type PlanFrame = { startDay: string; timeZone: string };

/** Items whose rows are asked for; null: all. */
export type Among = readonly string[] | null;

/**
 * The rows that MRP plans with, each as one query, so that who reads them and who only wants to know
 * whether they changed look at the same. The first column is the item that a row is about: of a line
 * the component, because the product does not care.
 */
export const inputRows = {
  items: (_frame: PlanFrame, among: Among) => sql`
    select i.item_id, i.number, i.kind, i.uom, u.decimals, c.calendar_id, c.calendar_version, p.lead_days,
           p.safety_lead_days, p.safety_stock::text, p.yield_percent::text, p.lot_rule,
           p.planning_fence_days, p.demand_fence_days, ${itemSites(sql`i.item_id`)} as sites
      from engineering.v_item i
      left join engineering.v_uom u using (uom)
      left join planning.item_policy p using (item_id)
      left join lateral
        (select w.calendar_id, w.calendar_version
           from engineering.v_routing_operation o
           join engineering.v_work_center_calendar w using (work_center_id)
          where o.item_id = i.item_id
          order by o.step
          limit 1) c on true
     where ${isAmong("i.item_id", among)}`,

  lines: ({ startDay }: PlanFrame, among: Among) => sql`
    select l.component_id, l.product_id, l.position, l.per_over::text, l.per_under::text,
           coalesce(a.alternates, '[]') as alternates
      from engineering.v_bom_line l
      left join
        (select bom_id, position,
                jsonb_agg(jsonb_build_object('item_id', item_id, 'per_over', per_over::text,
                                             'per_under', per_under::text) order by priority) as alternates
           from engineering.v_bom_alternate
          group by 1, 2) a using (bom_id, position)
     where ${isAmong("l.component_id", among)}
       and ${holdsOn(startDay, "l")}`,

  alternates: ({ startDay }: PlanFrame, among: Among) => sql`
    select a.item_id, l.component_id, l.product_id, a.priority, a.per_over::text, a.per_under::text
      from engineering.v_bom_alternate a
      join engineering.v_bom_line l using (bom_id, position)
     where ${isAmong("a.item_id", among)}
       and ${holdsOn(startDay, "l")}`,

  byProducts: ({ startDay }: PlanFrame, among: Among) => sql`
    select b.by_product_id, b.product_id, b.per_over::text, b.per_under::text
      from engineering.v_bom_by_product b
     where ${isAmong("b.by_product_id", among)}
       and ${holdsOn(startDay, "b")}`,

  demands: (_frame: PlanFrame, among: Among) => sql`
    select item_id, demand_id, kind, site_id, quantity::text, due_day::text, reference
      from planning.demand
     where ${isAmong("item_id", among)}`,

  /** What can be taken, by site and by the day on which it expires. */
  onHand: ({ timeZone }: PlanFrame, among: Among) => sql`
    select a.item_id, p.site_id, sum(a.available)::text as quantity,
           (a.expires_time at time zone ${timeZone})::date::text as last_day
      from inventory.v_available a
      join inventory.v_place_site p using (tenant_id, location_id)
     where ${isAmong("a.item_id", among)}
     group by 1, 2, 4`,

  /** Open work orders and purchase proposals: what they will still bring. */
  openOrders: ({ startDay, timeZone }: PlanFrame, among: Among) => sql`
    select w.item_id, 'work_order' as kind, w.work_order_id as id, w.number as label, s.site_id,
           (w.quantity - w.good)::text as quantity,
           coalesce((w.due_date at time zone ${timeZone})::date, ${startDay}::date)::text as day
      from production.v_open_work_order w
      left join planning.work_order_site s using (work_order_id)
     where w.quantity > w.good
       and ${isAmong("w.item_id", among)}
     union all
    select item_id, 'purchase_proposal', purchase_proposal_id, '', site_id, quantity::text, due_day::text
      from planning.purchase_proposal
     where state <> 'closed'
       and ${isAmong("item_id", among)}`,

  transfers: ({ startDay }: PlanFrame, among: Among) => sql`
    select item_id, transfer_id, number, from_site_id, to_site_id, to_ship::text, to_arrive::text,
           greatest(coalesce(ship_day, ${startDay}::date), ${startDay}::date)::text as ship_day,
           coalesce(due_day, ${startDay}::date)::text as due_day
      from inventory.v_open_transfer
     where ${isAmong("item_id", among)}`,
} as const satisfies Record<string, (frame: PlanFrame, among: Among) => RawBuilder<unknown>>;

function isAmong(column: string, among: Among): RawBuilder<unknown> {
  return among === null ? sql`true` : sql`${sql.ref(column)} = any(${among}::uuid[])`;
}

/** The structure of the plan's first day. */
export function holdsOn(day: string, table: string): RawBuilder<unknown> {
  const from = sql.ref(`${table}.valid_from`);
  const to = sql.ref(`${table}.valid_to`);
  return sql`${from} <= ${day}::date and (${to} is null or ${to} > ${day}::date)`;
}
