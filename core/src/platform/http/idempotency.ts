import { createHash } from "node:crypto";

import { sql } from "kysely";

import { isTaken } from "../db/failure.ts";
import type { Transaction } from "../db/transaction.ts";
import { invariant, Refusal } from "../errors.ts";
import type { Caller } from "./caller.ts";

/** A request with an Idempotency-Key; `body` is what the handler was asked, already parsed. */
export type KeyedRequest = {
  key: string;
  method: string;
  path: string;
  body: unknown;
  /** Keys of one caller mean nothing to another, who must not read the answer by guessing one. */
  caller: Pick<Caller, "userId" | "apiKeyId">;
};

/**
 * Keeps the answer under the request's key, in the transaction of its effect and as the last thing of
 * it: there is no moment in which one exists without the other. When the key is taken, or another
 * request with it commits first, this transaction fails (`isKeyTaken`) and has no effect.
 */
export function keepAnswer(tx: Transaction, request: KeyedRequest, answer: unknown): void {
  tx.queue(sql`
    insert into platform.idempotency_key
      (tenant_id, caller_id, key, request, request_sha256, response)
    values (${tx.tenantId}, ${callerIdOf(request)}, ${request.key}, ${placeOf(request)},
            ${digestOf(request)}, ${JSON.stringify(answer ?? null)}::jsonb)`);
}

/** Whether a transaction failed because its Idempotency-Key has an answer already. */
export function isKeyTaken(error: unknown): boolean {
  return isTaken(error, "idempotency_key");
}

/**
 * What the same request was answered within the last 24 hours, null when it was not: then its key is
 * free, also when an answer from before was still kept. A refused request keeps no answer.
 * @throws Refusal idempotency_key.reused when the key came with another request
 */
export async function findAnswer(
  tx: Transaction,
  request: KeyedRequest,
): Promise<{ answer: unknown } | null> {
  const [callerId, key] = [callerIdOf(request), request.key];
  await sql`
    delete from platform.idempotency_key
     where tenant_id = ${tx.tenantId}
       and caller_id = ${callerId}
       and key = ${key}
       and created_time < now() - interval '24 hours'`.execute(tx.over());
  const { rows } = await sql<{ answer: unknown; is_same: boolean }>`
    select response as answer,
           request = ${placeOf(request)} and request_sha256 = ${digestOf(request)} as is_same
      from platform.idempotency_key
     where tenant_id = ${tx.tenantId}
       and caller_id = ${callerId}
       and key = ${key}`.execute(tx.over());
  const [stored] = rows;
  if (stored === undefined) return null;
  if (stored.is_same) return { answer: stored.answer };
  throw new Refusal(
    "idempotency_key.reused",
    "This Idempotency-Key was used for another request. Use a new key for a new request.",
  );
}

function callerIdOf({ caller }: KeyedRequest): string {
  const callerId = caller.userId ?? caller.apiKeyId;
  invariant(callerId !== null, "a caller is a user or an API key");
  return callerId;
}

const placeOf = ({ method, path }: KeyedRequest): string => `${method} ${path}`;

/** In this thread: a body is small, and waking another one takes thirty times as long. */
function digestOf({ body }: KeyedRequest): Uint8Array {
  return createHash("sha256")
    .update(JSON.stringify(body ?? null))
    .digest();
}
