import type { CodeMeaning, GivenReason } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** What codes of machines mean. */
export async function loadMeanings(tx: Transaction): Promise<CodeMeaning[]> {
  const { rows } = await sql<CodeMeaning>`
    select work_unit_id as "workUnitId", code, reason_id as "reasonId"
      from production.machine_reason_code
     where tenant_id = ${tx.tenantId}`.execute(tx.over());
  return rows;
}

/**
 * What people said about stops that share time with a window, by machine and ascending. Bounded by what
 * people write: twenty a shift on each of a hundred machines are 100 MB a year.
 */
export async function loadGivenReasons(
  tx: Transaction,
  window: { from: Date; to: Date; workUnitIds: readonly string[] | null },
): Promise<Map<string, GivenReason[]>> {
  const ids = window.workUnitIds === null ? null : [...window.workUnitIds];
  const { rows } = await sql<Row>`
    select work_unit_id, started_at, ended_at, reason_id, note, given_by, given_time, version
      from production.given_reason
     where tenant_id = ${tx.tenantId}
       and (${ids}::uuid[] is null or work_unit_id = any (${ids}::uuid[]))
       and started_at < ${window.to}
       and coalesce(ended_at, 'infinity') > ${window.from}
     order by work_unit_id, started_at`.execute(tx.over());
  return new Map(
    [...Map.groupBy(rows, (row) => row.work_unit_id)].map(([id, of]) => [id, of.map(toGiven)]),
  );
}

type Row = {
  work_unit_id: string;
  started_at: Date;
  ended_at: Date | null;
  reason_id: string;
  note: string;
  given_by: string;
  given_time: Date;
  version: number;
};

function toGiven(row: Row): GivenReason {
  return {
    from: row.started_at.getTime(),
    to: row.ended_at?.getTime() ?? null,
    reasonId: row.reason_id,
    note: row.note,
    givenBy: row.given_by,
    givenTime: row.given_time.getTime(),
    version: row.version,
  };
}

/**
 * Keeps what was said about a stop, instead of what was said before. Where that was about more than this
 * stop, as late readings made several of one, it stays for the rest. False: somebody was faster.
 */
export async function replaceGivenReason(
  tx: Transaction,
  given: GivenReason & { workUnitId: string },
  before: readonly GivenReason[],
): Promise<boolean> {
  const { rows: gone } = await sql`
    delete from production.given_reason g
     using unnest(${before.map(({ from }) => new Date(from))}::timestamptz[],
                  ${before.map(({ version }) => version)}::integer[]) as old (started_at, version)
     where g.tenant_id = ${tx.tenantId}
       and g.work_unit_id = ${given.workUnitId}
       and g.started_at = old.started_at
       and g.version = old.version
    returning g.started_at`.execute(tx.over());
  if (gone.length !== before.length) return false;
  const kept = [given, ...before.flatMap((one) => restsOf(one, given))];
  const { rows: made } = await sql`
    insert into production.given_reason
      (tenant_id, work_unit_id, started_at, ended_at, reason_id, note, given_by, given_time, version)
    select ${tx.tenantId}, ${given.workUnitId}, word.*
      from unnest(${kept.map(({ from }) => new Date(from))}::timestamptz[],
                  ${kept.map(({ to }) => (to === null ? null : new Date(to)))}::timestamptz[],
                  ${kept.map(({ reasonId }) => reasonId)}::uuid[],
                  ${kept.map(({ note }) => note)}::text[],
                  ${kept.map(({ givenBy }) => givenBy)}::text[],
                  ${kept.map(({ givenTime }) => new Date(givenTime))}::timestamptz[],
                  ${kept.map(({ version }) => version)}::integer[]) as word
    on conflict do nothing
    returning started_at`.execute(tx.over());
  return made.length === kept.length;
}

/** What a word says of the time before and behind a stop. One without an end says nothing of later stops. */
function restsOf(word: GivenReason, { from, to }: Pick<GivenReason, "from" | "to">): GivenReason[] {
  const rests: GivenReason[] = [];
  if (word.from < from) rests.push({ ...word, to: from });
  if (to !== null && word.to !== null && word.to > to) rests.push({ ...word, from: to });
  return rests;
}

/**
 * What people said about stops that had not ended: those that have ended since get their end. States may
 * come live, late or replayed; whatever brought them, the first one after the begin that is not down ends it.
 */
export function closeGivenReasons(tx: Transaction, workUnitIds: readonly string[]): void {
  tx.queue(sql`
    update production.given_reason g
       set ended_at = (select min(p.source_time)
                         from production.state_point p
                        where p.tenant_id = g.tenant_id
                          and p.work_unit_id = g.work_unit_id
                          and p.source_time > g.started_at
                          and p.state <> 'down')
     where g.tenant_id = ${tx.tenantId}
       and g.work_unit_id = any (${[...workUnitIds]}::uuid[])
       and g.ended_at is null
       and exists (select from production.state_point p
                    where p.tenant_id = g.tenant_id
                      and p.work_unit_id = g.work_unit_id
                      and p.source_time > g.started_at
                      and p.state <> 'down')`);
}
