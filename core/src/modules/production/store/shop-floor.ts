import { workUnitIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Assignment, Destination } from "../domain/shop-floor.ts";
import type { Pieces } from "../domain/work-order.ts";

/** Assignments of these work units that reach beyond `since`, or are the newest one; ascending. */
export async function loadAssignments(
  tx: Transaction,
  workUnitIds: readonly string[],
  since: Date,
): Promise<Assignment[]> {
  const { rows } = await sql<{
    assignment_id: string;
    work_unit_id: string;
    work_order_id: string;
    step: number;
    valid_from: Date;
    valid_to: Date | null;
    last_count_time: Date;
  }>`
    select assignment_id, work_unit_id, work_order_id, step, valid_from,
           nullif(valid_to, 'infinity') as valid_to, last_count_time
      from production.assignment
     where work_unit_id = any (${[...workUnitIds]}::uuid[])
       and valid_to >= ${since}
     order by work_unit_id, valid_from, valid_to`.execute(tx.over());
  return rows.map((row) => ({
    assignmentId: row.assignment_id,
    workUnitId: workUnitIdSchema.parse(row.work_unit_id),
    workOrderId: row.work_order_id,
    step: row.step,
    from: row.valid_from.getTime(),
    to: row.valid_to?.getTime() ?? null,
    lastCountAt: row.last_count_time.getTime(),
  }));
}

/** Writes new and changed assignments; the ended ones first, so that one work unit never has two open. */
export async function saveAssignments(
  tx: Transaction,
  assignments: readonly Assignment[],
): Promise<void> {
  const ended = assignments.filter(({ to }) => to !== null);
  const open = assignments.filter(({ to }) => to === null);
  for (const group of [ended, open]) await upsertAssignments(tx, group);
}

async function upsertAssignments(
  tx: Transaction,
  assignments: readonly Assignment[],
): Promise<void> {
  if (assignments.length === 0) return;
  const records = assignments.map((assignment) => ({
    id: assignment.assignmentId,
    work_unit_id: assignment.workUnitId,
    work_order_id: assignment.workOrderId,
    step: assignment.step,
    valid_from: new Date(assignment.from),
    valid_to: assignment.to === null ? "infinity" : new Date(assignment.to),
    last_count_time: new Date(assignment.lastCountAt),
  }));
  await sql`
    insert into production.assignment
      (assignment_id, tenant_id, work_unit_id, work_order_id, step, valid_from, valid_to, last_count_time)
    select id, ${tx.tenantId}, work_unit_id, work_order_id, step, valid_from, valid_to, last_count_time
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
        as (id uuid, work_unit_id uuid, work_order_id uuid, step integer, valid_from timestamptz,
            valid_to timestamptz, last_count_time timestamptz)
    on conflict (assignment_id) do update
       set valid_to = excluded.valid_to, last_count_time = excluded.last_count_time`.execute(
    tx.over(),
  );
}

/**
 * Orders that may start on these work centers: per center the `limit` released first, which is enough
 * when a batch has that many counts.
 */
export async function findStartableOrders(
  tx: Transaction,
  centers: readonly { workCenterId: string; limit: number }[],
): Promise<string[]> {
  const { rows } = await sql<{ work_order_id: string }>`
    select distinct found.work_order_id
      from jsonb_to_recordset(${JSON.stringify(centers)}::jsonb)
        as center ("workCenterId" uuid, "limit" integer)
     cross join lateral (
       select o.work_order_id
         from production.work_order_operation op
         join production.work_order o using (work_order_id)
        where op.tenant_id = ${tx.tenantId}
          and op.work_center_id = center."workCenterId"
          and (op.state in ('ready', 'paused') or op.state = 'running' and op.work_unit_id is null)
          and o.state in ('released', 'in_progress')
        order by o.released_time, o.number
        limit center."limit") found`.execute(tx.over());
  return rows.map((row) => row.work_order_id);
}

/** Where the pieces of one work unit and minute went. `minute` is epoch ms, a whole minute. */
export type Booking = {
  workUnitId: string;
  minute: number;
  destination: Destination;
  pieces: Pieces;
};

/** Adds pieces (negative ones take away) to the minutes they were made in. */
export async function bookCounts(tx: Transaction, bookings: readonly Booking[]): Promise<void> {
  if (bookings.length === 0) return;
  const records = bookings.map(({ workUnitId, minute, destination, pieces }) => ({
    work_unit_id: workUnitId,
    minute: new Date(minute),
    work_order_id: destination.kind === "operation" ? destination.workOrderId : null,
    step: destination.kind === "operation" ? destination.step : null,
    reason: destination.kind === "unassigned" ? destination.reason : null,
    good: pieces.good.toFixed(),
    scrap: pieces.scrap.toFixed(),
  }));
  const booked = sql`
    jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
      as (work_unit_id uuid, minute timestamptz, work_order_id uuid, step integer, reason text,
          good numeric, scrap numeric)`;
  await sql`
    insert into production.count_minute as m
      (tenant_id, work_unit_id, minute, work_order_id, step, good, scrap)
    select ${tx.tenantId}, work_unit_id, minute, work_order_id, step, sum(good), sum(scrap)
      from ${booked}
     group by work_unit_id, minute, work_order_id, step
    on conflict (tenant_id, work_unit_id, minute, work_order_id, step) do update
       set good = m.good + excluded.good, scrap = m.scrap + excluded.scrap`.execute(tx.over());
  await sql`
    insert into production.unassigned_count as u
      (tenant_id, work_unit_id, minute, reason, good, scrap)
    select ${tx.tenantId}, work_unit_id, minute, reason, sum(good), sum(scrap)
      from ${booked}
     where reason is not null
     group by work_unit_id, minute, reason
    on conflict (tenant_id, work_unit_id, minute, reason) do update
       set good = u.good + excluded.good, scrap = u.scrap + excluded.scrap`.execute(tx.over());
}
