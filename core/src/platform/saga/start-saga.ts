import { sql } from "kysely";

import type { Transaction } from "../db/transaction.ts";
import type { Saga } from "./define-saga.ts";

/**
 * Starts a saga in the caller's transaction; it runs in the worker once that commits. The same
 * `sagaId` starts once.
 */
export async function startSaga<Input>(
  tx: Transaction,
  saga: Saga<Input>,
  asked: { sagaId: string; input: Input },
): Promise<void> {
  const input = JSON.stringify(saga.input.parse(asked.input));
  await sql`
    insert into platform.saga (tenant_id, saga_id, name, input)
    values (${tx.tenantId}, ${asked.sagaId}, ${saga.name}, ${input}::jsonb)
    on conflict (saga_id) do nothing`.execute(tx.over());
}
