import {
  type MrpRunInput,
  mrpRunInputSchema,
  type Plan,
  type ScheduleInput,
  scheduleInputSchema,
} from "@millwright/contracts/api";
import type { NetChangeFallback, PlanKind } from "@millwright/contracts/states";
import { iso8601Schema } from "@millwright/contracts/units";
import { type RawBuilder, sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { ThreadProgress } from "../../../platform/threads/run-in-thread.ts";

export type NewPlan = {
  planId: string;
  name: string;
  isWhatIf: boolean;
  /** Of a net change: the plan to bring up to date. */
  basePlanId: string | null;
  startDay: string;
  requestedTime: Date;
} & ({ kind: "mrp"; parameters: MrpRunInput } | { kind: "schedule"; parameters: ScheduleInput });

export async function insertPlan(tx: Transaction, plan: NewPlan): Promise<void> {
  await sql`
    insert into planning.plan
      (tenant_id, plan_id, kind, name, is_what_if, mode, base_plan_id, parameters, start_day,
       requested_time)
    values
      (${tx.tenantId}, ${plan.planId}, ${plan.kind}, ${plan.name}, ${plan.isWhatIf},
       ${plan.basePlanId === null ? "regenerative" : "net_change"}, ${plan.basePlanId}::uuid,
       ${JSON.stringify(plan.parameters)}::jsonb, ${plan.startDay}::date,
       ${plan.requestedTime})`.execute(tx.over());
}

/**
 * Forgets the oldest plans of a kind beyond `kept`, with all they hold; and as many net changes, which
 * hold nothing. The current one stays, however many what-ifs came after it, and so does what is still
 * queued or running.
 */
export async function prunePlans(tx: Transaction, kind: PlanKind, kept: number): Promise<void> {
  await sql`
    delete from planning.plan
     where kind = ${kind}
       and state in ('done', 'failed', 'cancelled')
       and plan_id in
         (select plan_id
            from (select plan_id, row_number() over (partition by mode order by plan_id desc) as place
                    from planning.plan
                   where kind = ${kind}) newest
           where place > ${kept})
       and plan_id is distinct from ${currentPlanId(sql`${kind}`)}`.execute(tx.over());
}

/** The newest finished plan of a kind that is no what-if; a net change is none, but part of one. */
export function currentPlanId(kind: RawBuilder<unknown>) {
  return sql`(select newest.plan_id
                from planning.plan newest
               where newest.kind = ${kind} and newest.state = 'done' and not newest.is_what_if
                 and newest.mode = 'regenerative'
               order by newest.plan_id desc
               limit 1)`;
}

const planColumns = sql`
  p.plan_id as "planId", p.kind, p.name, p.state, p.is_what_if as "isWhatIf",
  coalesce(p.plan_id = ${currentPlanId(sql`p.kind`)}, false) as "isCurrent",
  jsonb_build_object('done', p.progress_done, 'total', p.progress_total, 'note', p.progress_note)
    as progress,
  case when p.kind = 'mrp' then p.mode end as mode, p.base_plan_id as "basePlanId", p.fallback,
  (select jsonb_build_object('time', b.updated_time, 'changedItems', b.changed_items,
                             'replannedItems', b.replanned_items, 'changedOrders', b.changed_orders)
     from planning.plan_basis b
    where b.plan_id = p.plan_id and b.updated_time is not null) as "lastUpdate",
  p.failure, p.start_day::text as "startDay", p.requested_time as "requestedTime",
  p.finished_time as "finishedTime", p.summary, p.findings, p.finding_count as "findingCount"`;

type Row = Omit<Plan, "requestedTime" | "finishedTime"> & {
  requestedTime: Date;
  finishedTime: Date | null;
};

function fromRow(row: Row): Plan {
  return {
    ...row,
    requestedTime: row.requestedTime.toISOString(),
    finishedTime: row.finishedTime?.toISOString() ?? null,
    lastUpdate: row.lastUpdate && {
      ...row.lastUpdate,
      // JSON has the instant in PostgreSQL's words.
      time: iso8601Schema.parse(new Date(row.lastUpdate.time).toISOString()),
    },
  };
}

/** Null when there is none. */
export async function readPlan(tx: Transaction, planId: string): Promise<Plan | null> {
  const { rows } = await sql<Row>`
    select ${planColumns} from planning.plan p where p.plan_id = ${planId}`.execute(tx.over());
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Newest first, before `before`; one more than `limit` if there are. */
export async function readPlanPage(
  tx: Transaction,
  asked: { before: string | null; kind: PlanKind | undefined; limit: number },
): Promise<Plan[]> {
  const { rows } = await sql<Row>`
    select ${planColumns}
      from planning.plan p
     where (${asked.before}::uuid is null or p.plan_id < ${asked.before}::uuid)
       and (${asked.kind ?? null}::text is null or p.kind = ${asked.kind ?? null})
     order by p.plan_id desc
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows.map(fromRow);
}

/** What a job needs of its plan. */
export type StartedPlan = {
  startDay: string;
  requestedTime: Date;
  basePlanId: string | null;
} & (
  | { kind: "mrp"; isWhatIf: boolean; parameters: MrpRunInput }
  | { kind: "schedule"; parameters: ScheduleInput }
);

/**
 * Takes the plan for a run; also one that a lost process left running or that failed. Null when it is
 * done or cancelled: then there is nothing to do.
 */
export async function startPlan(tx: Transaction, planId: string): Promise<StartedPlan | null> {
  const { rows } = await sql<{
    kind: PlanKind;
    parameters: unknown;
    start_day: string;
    requested_time: Date;
    base_plan_id: string | null;
    is_what_if: boolean;
  }>`
    update planning.plan
       set state = 'running', failure = null, finished_time = null
     where plan_id = ${planId} and state in ('queued', 'running', 'failed')
    returning kind, parameters, start_day::text, requested_time, base_plan_id, is_what_if`.execute(
    tx.over(),
  );
  const [row] = rows;
  if (row === undefined) return null;
  const common = {
    startDay: row.start_day,
    requestedTime: row.requested_time,
    basePlanId: row.base_plan_id,
  };
  return row.kind === "mrp"
    ? {
        ...common,
        kind: "mrp",
        isWhatIf: row.is_what_if,
        parameters: mrpRunInputSchema.parse(row.parameters),
      }
    : { ...common, kind: "schedule", parameters: scheduleInputSchema.parse(row.parameters) };
}

/** A net change becomes a plan of its own. False when it is no longer running. */
export async function fallBack(
  tx: Transaction,
  planId: string,
  fallback: NetChangeFallback,
): Promise<boolean> {
  const { rows } = await sql`
    update planning.plan
       set mode = 'regenerative', base_plan_id = null, fallback = ${fallback}
     where plan_id = ${planId} and state = 'running'
    returning plan_id`.execute(tx.over());
  return rows.length === 1;
}

/** False when the plan is no longer running: somebody cancelled it. */
export async function saveProgress(
  tx: Transaction,
  planId: string,
  { done, total, note }: ThreadProgress,
): Promise<boolean> {
  const { rows } = await sql`
    update planning.plan
       set progress_done = ${done}, progress_total = ${total}, progress_note = ${note}
     where plan_id = ${planId} and state = 'running'
    returning plan_id`.execute(tx.over());
  return rows.length === 1;
}

/** Done, with what the run found. False when it is no longer running: nothing may be stored then. */
export async function finishPlan(
  tx: Transaction,
  planId: string,
  made: Pick<Plan, "findings" | "findingCount" | "summary">,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update planning.plan
       set state = 'done', finished_time = ${now}, summary = ${JSON.stringify(made.summary)}::jsonb,
           findings = ${JSON.stringify(made.findings)}::jsonb, finding_count = ${made.findingCount},
           progress_done = 1, progress_total = 1, progress_note = ''
     where plan_id = ${planId} and state = 'running'
    returning plan_id`.execute(tx.over());
  return rows.length === 1;
}

export async function failPlan(
  tx: Transaction,
  planId: string,
  failure: string,
  now: Date,
): Promise<void> {
  await sql`
    update planning.plan
       set state = 'failed', failure = ${failure.slice(0, 2000)}, finished_time = ${now}
     where plan_id = ${planId} and state = 'running'`.execute(tx.over());
}

/** False when it has ended already, or is unknown. */
export async function markCancelled(tx: Transaction, planId: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update planning.plan
       set state = 'cancelled', finished_time = ${now}
     where plan_id = ${planId} and state in ('queued', 'running')
    returning plan_id`.execute(tx.over());
  return rows.length === 1;
}
