import { createHash } from "node:crypto";

import { sql } from "kysely";

import type { Transaction } from "../db/transaction.ts";
import { invariant, Refusal } from "../errors.ts";
import type { Caller } from "./caller.ts";

/** The request behind an Idempotency-Key; `body` is what the handler was asked, already parsed. */
export type KeyedRequest = {
  key: string | undefined;
  method: string;
  path: string;
  body: unknown;
  /** Keys of one caller mean nothing to another, who must not read the answer by guessing one. */
  caller: Pick<Caller, "userId" | "apiKeyId">;
};

/**
 * Answers a request once per key: the first time by `act`, afterwards with the stored answer for
 * 24 hours. The key is written in the transaction of the effect, so there is no moment in which one
 * exists without the other, and two requests at once with one key act once. A refused request keeps
 * no key and is decided anew.
 * @throws Refusal idempotency_key.reused when the key came with another request before.
 */
export async function once<T>(
  tx: Transaction,
  request: KeyedRequest,
  act: () => Promise<T>,
): Promise<T> {
  const { key } = request;
  if (key === undefined) return act();
  const place = `${request.method} ${request.path}`;
  const callerId = request.caller.userId ?? request.caller.apiKeyId;
  invariant(callerId !== null, "a caller is a user or an API key");
  // In this thread: a body is small, and waking another one takes thirty times as long.
  const digest = createHash("sha256")
    .update(JSON.stringify(request.body ?? null))
    .digest();
  // A second request with this key waits here until the first commits or rolls back.
  const claimed = await sql`
    insert into platform.idempotency_key (tenant_id, caller_id, key, request, request_sha256)
    values (${tx.tenantId}, ${callerId}, ${key}, ${place}, ${digest})
    on conflict (tenant_id, caller_id, key) do update
       set request = excluded.request, request_sha256 = excluded.request_sha256,
           response = null, created_time = now()
     where idempotency_key.created_time < now() - interval '24 hours'
    returning key`.execute(tx.over());
  if (claimed.rows.length === 0) {
    return storedAnswer<T>(tx, { callerId, key }, place, digest);
  }
  const answer = await act();
  keepAnswer(tx, { callerId, key }, answer);
  return answer;
}

/** Keeps the answer; upkeep removes it after 24 hours (`platform.forget_idempotency_keys`). */
function keepAnswer(
  tx: Transaction,
  { callerId, key }: { callerId: string; key: string },
  answer: unknown,
): void {
  tx.atEnd(keepingAnswer, [JSON.stringify(answer ?? null), tx.tenantId, callerId, key]);
}

const keepingAnswer = {
  name: "mw_keep_answer",
  text: `
    update platform.idempotency_key
       set response = $1::jsonb
     where tenant_id = $2
       and caller_id = $3
       and key = $4`,
};

async function storedAnswer<T>(
  tx: Transaction,
  { callerId, key }: { callerId: string; key: string },
  place: string,
  digest: Uint8Array,
): Promise<T> {
  const { rows } = await sql<{ response: T; is_same: boolean }>`
    select response, request = ${place} and request_sha256 = ${digest} as is_same
      from platform.idempotency_key
     where tenant_id = ${tx.tenantId}
       and caller_id = ${callerId}
       and key = ${key}`.execute(tx.over());
  const [stored] = rows;
  if (stored?.is_same !== true) {
    throw new Refusal(
      "idempotency_key.reused",
      "This Idempotency-Key was used for another request. Use a new key for a new request.",
    );
  }
  return stored.response;
}
