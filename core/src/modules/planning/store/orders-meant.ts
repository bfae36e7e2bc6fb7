import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { currentPlanId } from "./plans.ts";

/** What people did to the current plan, and to those that became it since, as one transaction saw it. */
export type OrdersMeant = {
  /** The current plan at that moment; null: there was none. */
  since: string | null;
  /** By plan. One that nobody touched is not listed: another run that ended took nothing from this one. */
  plans: readonly {
    planId: string;
    /** A net change takes firmed orders out of the plan, so their numbers alone do not tell. */
    revision: number;
    orderNumbers: readonly number[];
  }[];
};

export async function readOrdersMeant(tx: Transaction): Promise<OrdersMeant> {
  const since = await readCurrentId(tx);
  return { since, plans: await readTouched(tx, since) };
}

/**
 * Whether a plan may become the current one although it knows nothing of what was firmed after `read`:
 * nothing was, or a newer plan is current already and nobody can act on this one. Until the transaction
 * ends nobody firms, and no other plan becomes the current one.
 */
export async function lockOrdersMeant(
  tx: Transaction,
  planId: string,
  read: OrdersMeant,
): Promise<boolean> {
  // Two runs would otherwise each miss what is firmed in the one that ends first.
  await sql`select pg_advisory_xact_lock(hashtextextended('planning.current_plan ' || ${tx.tenantId}::text, 0))`.execute(
    tx.over(),
  );
  // Who firms an order holds its plan for share.
  await sql`
    select from planning.plan
     where plan_id = ${currentPlanId(sql`'mrp'`)}
       for no key update`.execute(tx.over());
  const current = await readCurrentId(tx);
  if (current !== null && current > planId) return true;
  return JSON.stringify(await readTouched(tx, read.since)) === JSON.stringify(read.plans);
}

async function readCurrentId(tx: Transaction): Promise<string | null> {
  const { rows } = await sql<{ plan_id: string | null }>`
    select ${currentPlanId(sql`'mrp'`)} as plan_id`.execute(tx.over());
  return rows[0]?.plan_id ?? null;
}

async function readTouched(tx: Transaction, since: string | null): Promise<OrdersMeant["plans"]> {
  const { rows } = await sql<OrdersMeant["plans"][number]>`
    select p.plan_id as "planId", coalesce(b.revision, 0) as revision,
           meant.order_numbers as "orderNumbers"
      from planning.plan p
      left join planning.plan_basis b using (tenant_id, plan_id)
     cross join lateral
           (select coalesce(jsonb_agg(order_number order by order_number), '[]') as order_numbers
              from planning.planned_order
             -- Written like the predicate of index planned_order_meant, which is nearly empty.
             where plan_id = p.plan_id and state <> 'proposed') meant
     where p.kind = 'mrp' and p.state = 'done' and p.mode = 'regenerative' and not p.is_what_if
       and (${since}::uuid is null or p.plan_id >= ${since}::uuid)
       and (b.revision > 0 or meant.order_numbers <> '[]')
     order by p.plan_id`.execute(tx.over());
  return rows;
}
