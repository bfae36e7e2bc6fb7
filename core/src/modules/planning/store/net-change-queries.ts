import type { MrpRunInput, PlanFinding } from "@millwright/contracts/api";
import { mrpRunInputSchema } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { dayNumber } from "../days.ts";
import { scaledFromDecimal } from "../engine/mrp/quantity.ts";
import { holdsOn } from "../mrp/input-rows.ts";
import type { KeptOrder } from "../mrp/number-orders.ts";
import { pointId } from "../mrp/stocking-points.ts";

/** A plan that is brought up to date, as it was read. */
export type BasePlan = {
  planId: string;
  startDay: string;
  parameters: MrpRunInput;
  summary: Record<string, number>;
  findings: PlanFinding[];
  findingCount: number;
  basis: Basis | null;
};

/** What a plan stands on. @see planning.plan_basis */
export type Basis = {
  decimals: number;
  timeZone: string;
  lastOrderNumber: number;
  lastMessageNumber: number;
  /** How many net changes its rows went through: whoever stores one more has read this many. */
  revision: number;
};

/**
 * Keeps PostgreSQL looking up one item after the other by index. Rows of a plan that was just stored are
 * not in its statistics yet, so it would read all of the plan to find those of a few items.
 */
const oneByOne = sql`offset 0`;

/** Null when it has been pruned meanwhile. */
export async function readBasePlan(tx: Transaction, planId: string): Promise<BasePlan | null> {
  const { rows } = await sql<Omit<BasePlan, "parameters"> & { parameters: unknown }>`
    select p.plan_id as "planId", p.start_day::text as "startDay", p.parameters, p.summary, p.findings,
           p.finding_count as "findingCount",
           case when b.plan_id is not null then jsonb_build_object(
             'decimals', b.decimals, 'timeZone', b.time_zone, 'lastOrderNumber', b.last_order_number,
             'lastMessageNumber', b.last_message_number, 'revision', b.revision) end as basis
      from planning.plan p
      left join planning.plan_basis b using (tenant_id, plan_id)
     where p.plan_id = ${planId}`.execute(tx.over());
  const [row] = rows;
  if (row === undefined) return null;
  return { ...row, parameters: mrpRunInputSchema.parse(row.parameters) };
}

/** Orders of a plan that became something: what they were firmed into is planned with instead. */
export type MeantOrder = { orderNumber: number; itemId: string; state: string };

/** By number. */
export async function readMeantOrders(tx: Transaction, planId: string): Promise<MeantOrder[]> {
  const { rows } = await sql<MeantOrder>`
    select *
      from (select order_number as "orderNumber", item_id as "itemId", state
              from planning.planned_order
             -- Written like the predicate of index planned_order_meant, which is nearly empty.
             where plan_id = ${planId} and state <> 'proposed'
            ${oneByOne}) meant
     order by "orderNumber"`.execute(tx.over());
  return rows;
}

/** Units of all items: the finest decides how quantities are kept. */
export async function readUnits(
  tx: Transaction,
): Promise<{ uom: string; decimals: number | null }[]> {
  const { rows } = await sql<{ uom: string; decimals: number | null }>`
    select i.uom, u.decimals
      from (select distinct uom from engineering.v_item) i
      left join engineering.v_uom u using (uom)`.execute(tx.over());
  return rows;
}

/** What items are used in or come out beside, and whether any of them is an alternate of something. */
export async function readUsers(
  tx: Transaction,
  { startDay, itemIds }: { startDay: string; itemIds: readonly string[] },
): Promise<{ itemIds: string[]; isAlternate: boolean }> {
  const { rows } = await sql<{ id: string | null }>`
    select l.product_id as id
      from engineering.v_bom_line l
     where l.component_id = any(${itemIds}::uuid[]) and ${holdsOn(startDay, "l")}
     union
    select b.product_id
      from engineering.v_bom_by_product b
     where b.by_product_id = any(${itemIds}::uuid[]) and ${holdsOn(startDay, "b")}
     union
    select null
      from engineering.v_bom_alternate a
      join engineering.v_bom_line l using (bom_id, position)
     where a.item_id = any(${itemIds}::uuid[]) and ${holdsOn(startDay, "l")}`.execute(tx.over());
  return {
    itemIds: rows.flatMap(({ id }) => id ?? []),
    isAlternate: rows.some(({ id }) => id === null),
  };
}

/** Components and by-products of items, with the low-level code that a plan has of them. */
export async function readTaken(
  tx: Transaction,
  asked: { planId: string; startDay: string; itemIds: readonly string[] },
): Promise<{ itemId: string; level: number | null }[]> {
  const { rows } = await sql<{ itemId: string; level: number | null }>`
    select t.taken as "itemId", i.level
      from (select distinct below.taken
              from unnest(${asked.itemIds}::uuid[]) asked (product)
             cross join lateral (${takenBy("asked.product", asked.startDay)}) below) t
      left join lateral
           (select level
              from planning.plan_item
             where plan_id = ${asked.planId} and item_id = t.taken
            ${oneByOne}) i on true`.execute(tx.over());
  return rows;
}

/** What goes into an item or comes out beside it, as `taken`. */
function takenBy(product: string, startDay: string) {
  return sql`
    select l.component_id as taken
      from engineering.v_bom_line l
     where l.product_id = ${sql.ref(product)} and ${holdsOn(startDay, "l")}
     union
    select b.by_product_id
      from engineering.v_bom_by_product b
     where b.product_id = ${sql.ref(product)} and ${holdsOn(startDay, "b")}
    ${oneByOne}`;
}

/**
 * All that goes into items through all levels, as pairs of what takes and what is taken; null when
 * there are more than `limit`.
 */
export async function readEdgesBelow(
  tx: Transaction,
  asked: { startDay: string; itemIds: readonly string[]; limit: number },
): Promise<{ product: string; taken: string }[] | null> {
  const { rows } = await sql<{ product: string; taken: string }>`
    with recursive edge (product, taken) as (
      select asked.product, below.taken
        from unnest(${asked.itemIds}::uuid[]) asked (product)
       cross join lateral (${takenBy("asked.product", asked.startDay)}) below
       union
      select e.product, below.taken
        from (select distinct taken as product from edge) e
       cross join lateral (${takenBy("e.product", asked.startDay)}) below
    )
    select product, taken from edge limit ${asked.limit + 1}`.execute(tx.over());
  return rows.length > asked.limit ? null : rows;
}

/** Orders of items in a plan, by stocking point; of a point by due day and number. */
export async function readKeptOrders(
  tx: Transaction,
  asked: { planId: string; startDay: string; decimals: number; itemIds: readonly string[] },
): Promise<Map<string, (KeptOrder & { lateDays: number })[]>> {
  const { rows } = await sql<{
    item_id: string;
    site_id: string | null;
    order_number: number;
    kind: string;
    from_site_id: string | null;
    quantity: string;
    start_day: string;
    due_day: string;
    late_days: number;
    state: string;
  }>`
    select o.*
      from unnest(${asked.itemIds}::uuid[]) asked (id)
     cross join lateral
           (select item_id, site_id, order_number, kind, from_site_id, quantity::text,
                   start_day::text, due_day::text, late_days, state
              from planning.planned_order
             where plan_id = ${asked.planId} and item_id = asked.id
            ${oneByOne}) o
     order by o.due_day, o.order_number`.execute(tx.over());
  const orders = rows.map((row) => ({
    point: pointId({ itemId: row.item_id, siteId: row.site_id }),
    orderNumber: row.order_number,
    kind: row.kind,
    fromSiteId: row.from_site_id,
    quantity: scaledFromDecimal(row.quantity, asked.decimals) ?? Number.NaN,
    start: dayNumber(row.start_day, asked.startDay),
    due: dayNumber(row.due_day, asked.startDay),
    lateDays: row.late_days,
    isProposed: row.state === "proposed",
  }));
  return Map.groupBy(orders, ({ point }) => point);
}

/** What a plan has of items beside their orders, as sums. */
export async function readSums(
  tx: Transaction,
  asked: { planId: string; itemIds: readonly string[] },
): Promise<{ points: number; needs: number; messages: number }> {
  const { rows } = await sql<{ points: number; needs: number; messages: number }>`
    select coalesce(sum(i.points), 0)::integer as points,
           coalesce(sum(i.needs), 0)::integer as needs,
           coalesce(sum(m.messages), 0)::integer as messages
      from unnest(${asked.itemIds}::uuid[]) asked (id)
      left join lateral
           (select points, needs
              from planning.plan_item
             where plan_id = ${asked.planId} and item_id = asked.id
            ${oneByOne}) i on true
     cross join lateral
           (select count(*) as messages
              from planning.action_message
             where plan_id = ${asked.planId} and item_id = asked.id) m`.execute(tx.over());
  return rows[0] ?? { points: 0, needs: 0, messages: 0 };
}

/** Takes away what a plan has of items. */
export async function deleteRows(
  tx: Transaction,
  { planId, itemIds }: { planId: string; itemIds: readonly string[] },
): Promise<void> {
  for (const table of ["peg", "action_message", "planned_order"]) {
    const rows = sql.table(`planning.${table}`);
    // By place, and in one statement: whoever holds the plan's lock is the only one who writes them.
    await sql`
      delete from ${rows}
       where ctid = any(array(
               select kept.place
                 from unnest(${itemIds}::uuid[]) asked (id)
                cross join lateral
                      (select ctid as place
                         from ${rows}
                        where plan_id = ${planId} and item_id = asked.id
                       ${oneByOne}) kept))`.execute(tx.over());
  }
}
