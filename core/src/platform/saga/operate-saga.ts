import type { Saga } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { iso8601Schema } from "@millwright/contracts/units";
import { type RawBuilder, sql } from "kysely";

import { recordChange } from "../audit/record-change.ts";
import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";

/** Sagas of the transaction's tenant in one state, newest first, started before `before`. */
export async function readSagas(
  tx: Transaction,
  asked: {
    state: Saga["state"];
    before: { startedTime: string; sagaId: string } | null;
    limit: number;
  },
): Promise<Saga[]> {
  const { before } = asked;
  const isOlder =
    before === null
      ? sql`true`
      : sql`(started_time, saga_id) < (${before.startedTime}::timestamptz, ${before.sagaId}::uuid)`;
  const { rows } = await sagaRows(sql`state = ${asked.state} and ${isOlder}`, asked.limit).execute(
    tx.over(),
  );
  return rows.map(toSaga);
}

/**
 * Asks the worker to go on with a stuck saga where it stopped, with all its tries.
 * @throws Refusal saga.unknown, saga.not_stuck
 */
export async function retryStuck(tx: Transaction, sagaId: string, by: Actor): Promise<Saga> {
  const found = await sagaRows(sql`saga_id = ${sagaId}`, 1).execute(tx.over());
  const [saga] = found.rows;
  if (saga === undefined) {
    throw new Refusal("saga.unknown", "There is no such flow.", { kind: "absent" });
  }
  const { rows } = await sql`
    update platform.saga
       set state = stuck_in, stuck_in = null, attempts = 0, next_attempt_time = '-infinity',
           updated_time = now()
     where saga_id = ${sagaId}
       and state = 'stuck'
    returning saga_id`.execute(tx.over());
  if (rows.length === 0) {
    throw new Refusal("saga.not_stuck", `The flow is ${saga.state}: it goes on by itself.`, {
      current: saga.state,
      asked: "retry",
    });
  }
  const after = await sagaRows(sql`saga_id = ${sagaId}`, 1).execute(tx.over());
  const now = after.rows[0] ?? saga;
  recordChange(tx, {
    objectType: "saga",
    objectId: sagaId,
    label: saga.name,
    before: { state: saga.state, reason: saga.reason },
    after: { state: now.state, reason: saga.reason },
    by,
  });
  return toSaga(now);
}

type SagaRow = {
  saga_id: string;
  name: string;
  state: Saga["state"];
  step: number;
  attempts: number;
  reason: string | null;
  // As text: a Date would lose the microseconds by which pages are cut.
  started_time: string;
  updated_time: string;
};

function sagaRows(which: RawBuilder<unknown>, limit: number): RawBuilder<SagaRow> {
  return sql<SagaRow>`
    select saga_id, name, state, step, attempts, reason,
           to_char(started_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started_time,
           to_char(updated_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_time
      from platform.saga
     where tenant_id = platform.tenant_id()
       and ${which}
     order by started_time desc, saga_id desc
     limit ${limit}`;
}

function toSaga(row: SagaRow): Saga {
  return {
    sagaId: row.saga_id,
    name: row.name,
    state: row.state,
    step: row.step,
    attempts: row.attempts,
    reason: row.reason,
    startedTime: iso8601Schema.parse(row.started_time),
    updatedTime: iso8601Schema.parse(row.updated_time),
  };
}
