import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Database } from "../db/database.ts";
import type { Home } from "../db/databases.ts";
import type { Transaction } from "../db/transaction.ts";
import { Fault, invariant, Refusal } from "../errors.ts";
import { raiseAlert } from "../notifications/raise-alert.ts";
import type { Log } from "../observe/log.ts";
import { DueLoop } from "../due-loop.ts";
import type { RegisteredSaga } from "./define-saga.ts";

type Deps = { db: Pick<Database, "query" | "inTenant">; log: Log };

/** Runs sagas in a database; for `Databases.everywhere`. */
export function runsSagas(
  sagas: readonly RegisteredSaga[],
  { log }: { log: Log },
): (home: Home) => AsyncDisposable {
  return ({ db }) => {
    const runner = sagaRunner(sagas, { db, log });
    runner.start();
    return runner;
  };
}

/**
 * Runs sagas until disposed; several processes may. Each step is one transaction with the note that
 * it is done, under the saga's row lock. A step that fails is tried again, `attemptsMax` times with
 * growing pauses, then the saga is `stuck` with the reason until a person decides. While the database
 * is away nothing counts as a try.
 */
export function sagaRunner(sagas: readonly RegisteredSaga[], deps: Deps): DueLoop {
  return new DueLoop({
    name: "sagas",
    everyMs,
    log: deps.log,
    work: (signal) => advanceDueSagas(sagas, deps, signal),
  });
}

/** Runs one step of every saga that is due; true when there may be more at once. */
export async function advanceDueSagas(
  sagas: readonly RegisteredSaga[],
  { db, log }: Deps,
  signal: AbortSignal,
): Promise<boolean> {
  const names = sagas.map(({ name }) => name);
  const due = await db.query(sql<{ tenant_id: string; saga_id: string; name: string }>`
    select tenant_id, saga_id, name from platform.due_sagas(${names}, ${roundMax})`);
  for (const { tenant_id: tenant, saga_id: sagaId, name } of due) {
    if (signal.aborted) return false;
    const saga = sagas.find((known) => known.name === name);
    invariant(saga !== undefined, `nobody declared the saga ${name}`);
    const tenantId = tenantIdSchema.parse(tenant);
    let failed: SagaRow | null = null;
    try {
      await db.inTenant(tenantId, async (tx) => {
        const row = await lockSaga(tx, sagaId);
        // Another process has it, or it went on meanwhile.
        if (row === null) return;
        failed = row;
        await advance(tx, saga, row);
      });
    } catch (error) {
      if (failed === null || (error instanceof Fault && error.isRetryable)) throw error;
      const at = failed;
      await db.inTenant(tenantId, (tx) => noteFailure(tx, at, error));
      log.warn({ err: error, saga: name, sagaId }, "a step of a saga failed");
    }
  }
  return due.length > 0;
}

type SagaRow = {
  saga_id: string;
  input: unknown;
  state: "running" | "compensating";
  step: number;
  attempts: number;
  results: Record<string, unknown>;
};

async function lockSaga(tx: Transaction, sagaId: string): Promise<SagaRow | null> {
  const { rows } = await sql<SagaRow>`
    select saga_id, input, state, step, attempts, results
      from platform.saga
     where saga_id = ${sagaId}
       and state in ('running', 'compensating')
       and next_attempt_time <= now()
       for update skip locked`.execute(tx.over());
  return rows[0] ?? null;
}

/** `step` is the next one to do, or the next one to take back. */
async function advance(tx: Transaction, saga: RegisteredSaga, row: SagaRow): Promise<void> {
  const stored = { sagaId: row.saga_id, input: row.input, results: row.results };
  if (row.state === "compensating") {
    await saga.run(tx, { step: row.step, direction: "compensate", stored });
    const next = row.step - 1;
    await save(tx, row, { step: next, state: next < 0 ? "compensated" : "compensating" });
    return;
  }
  const result = await saga.run(tx, { step: row.step, direction: "do", stored });
  const next = row.step + 1;
  const name = saga.steps[row.step]?.name ?? "";
  await save(tx, row, {
    step: next,
    state: next >= saga.steps.length ? "done" : "running",
    results: { ...row.results, [name]: result ?? null },
  });
}

async function save(
  tx: Transaction,
  row: SagaRow,
  to: { step: number; state: string; results?: Record<string, unknown> },
): Promise<void> {
  await sql`
    update platform.saga
       set step = ${to.step}, state = ${to.state}, attempts = 0, next_attempt_time = '-infinity',
           results = ${JSON.stringify(to.results ?? row.results)}::jsonb, updated_time = now()
     where saga_id = ${row.saga_id}`.execute(tx.over());
}

async function noteFailure(tx: Transaction, row: SagaRow, error: unknown): Promise<void> {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const isRefused = error instanceof Refusal && row.state === "running";
  const isOver = row.attempts + 1 >= attemptsMax;
  // A refused first step has nothing to take back.
  const refused = row.step === 0 ? "compensated" : "compensating";
  const state = isRefused ? refused : isOver ? "stuck" : row.state;
  await sql`
    update platform.saga
       set state = ${state}, reason = ${reason.slice(0, reasonMax)},
           stuck_in = case when ${state} = 'stuck' then ${row.state} end,
           step = ${isRefused ? row.step - 1 : row.step},
           attempts = ${isRefused ? 0 : row.attempts + 1},
           next_attempt_time = now() + make_interval(secs => ${
             isRefused ? 0 : firstPauseS * 2 ** row.attempts
           }::double precision),
           updated_time = now()
     where saga_id = ${row.saga_id}
       and step = ${row.step}
       and state = ${row.state}`.execute(tx.over());
  if (state !== "stuck") return;
  await raiseAlert(tx, {
    kind: "saga_stuck",
    key: `saga_stuck:${row.saga_id}:${row.step}`,
    details: { saga: row.saga_id, step: String(row.step), reason },
  });
}

const everyMs = 1000;
const roundMax = 100;
// 1 s doubled seven times: two minutes for what mends itself, then a person is asked.
const attemptsMax = 8;
const firstPauseS = 1;
const reasonMax = 2000;
