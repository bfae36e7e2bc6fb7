import type { Plan } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { TestPlant } from "../../testing/plant.ts";
import { makeNow } from "./testing.fixture.ts";

/** Asks for a run at the next second of the plant's clock, makes it, and gives it back as it is then. */
export async function runMrpNow(plant: TestPlant, asked: object): Promise<Plan> {
  plant.setClock(new Date(plant.now() + 1_000).toISOString());
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", asked);
  await makeNow(plant, planId).ended;
  return plant.get<Plan>(`/api/planning/plans/${planId}`);
}

/**
 * All that a plan says, without the numbers that it counts its rows with: an order is called by its
 * item, its site and its place among the orders there. Sorted, so that two plans that say the same are
 * equal. With it what a later net change goes on from.
 */
export async function contentOf(plant: TestPlant, planId: string) {
  const rows = <T>(statement: ReturnType<typeof sql<T>>) =>
    plant.core.db.reading(plant.tenantId, async (tx) => (await statement.execute(tx.over())).rows);
  const [orders, pegs, messages, items, [plan]] = await Promise.all([
    rows(sql<{ row: string }>`
      select concat_ws(' ', ${nameOf("o")}, kind, from_site_id, quantity, start_day, due_day, late_days,
                       state) as row
        from ${named(planId)} o
       order by 1`),
    rows(sql<{ row: string }>`
      select concat_ws(' ', p.item_id, p.instead_of_item_id, p.site_id, p.quantity, p.supply_kind,
                       ${nameOf("s")}, p.supply_reference, p.supply_day, '>', p.need_kind, ${nameOf("n")},
                       p.need_reference, p.need_label, p.need_day) as row
        from planning.peg p
        left join ${named(planId)} s on s.order_number = p.supply_order
        left join ${named(planId)} n on n.order_number = p.need_order
       where p.plan_id = ${planId}
       order by 1`),
    rows(sql<{ row: string }>`
      select concat_ws(' ', m.action, m.item_id, m.site_id, ${nameOf("o")}, m.work_order_id,
                       m.purchase_proposal_id, m.transfer_id, m.from_day, m.to_day, m.to_quantity) as row
        from planning.action_message m
        left join ${named(planId)} o on o.order_number = m.order_number
       where m.plan_id = ${planId}
       order by 1`),
    rows(sql<{ row: string }>`
      select concat_ws(' ', item_id, fingerprint, structure, points, needs) as row
        from planning.plan_item
       where plan_id = ${planId}
       order by 1`),
    rows(sql<{ summary: Record<string, number>; findings: unknown }>`
      select summary - 'computeMs' as summary, findings from planning.plan where plan_id = ${planId}`),
  ]);
  return {
    orders: texts(orders),
    pegs: texts(pegs),
    messages: texts(messages),
    items: texts(items),
    ...plan,
  };
}

function texts(list: readonly { row: string }[]): string[] {
  return list.map(({ row }) => row);
}

function named(planId: string) {
  return sql`
    (select *, row_number() over (partition by item_id, site_id order by due_day, order_number) as place
       from planning.planned_order
      where plan_id = ${planId})`;
}

function nameOf(table: string) {
  const of = (column: string) => sql.ref(`${table}.${column}`);
  return sql`${of("item_id")} || coalesce('@' || ${of("site_id")}, '') || '#' || ${of("place")}`;
}

/** Takes a plan away, as if it had never been made: the one before it is the current one again. */
export async function forget(plant: TestPlant, planId: string): Promise<void> {
  await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    await sql`delete from planning.plan where plan_id = ${planId}`.execute(tx.over());
  });
}
