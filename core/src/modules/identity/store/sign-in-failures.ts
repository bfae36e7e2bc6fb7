import { sql } from "kysely";

import type { Databases } from "../../../platform/db/databases.ts";
import { sha256 } from "../tenant-secret.ts";

/** Who tries, as far as it is known: an address of the network and an account that may not exist. */
export type Attempt = { readonly email: string; readonly address: string };
export type FailureKind = "pair" | "account" | "address";
export type Block = { readonly kind: FailureKind; readonly until: Date };

/** What is blocked now. */
export async function readBlocks(db: Databases, attempt: Attempt, now: Date): Promise<Block[]> {
  const subjects = await subjectsOf(attempt);
  const rows = await db.query(sql<{ kind: FailureKind; blocked_until: Date }>`
    select f.kind, f.blocked_until
      from identity.sign_in_failure f
      join unnest(${subjects.map(({ kind }) => kind)}::text[],
                  ${subjects.map(({ digest }) => digest)}::bytea[]) as asked (kind, digest)
        on f.kind = asked.kind and f.subject_sha256 = asked.digest
     where f.blocked_until > ${now}`);
  return rows.map(({ kind, blocked_until }) => ({ kind, until: blocked_until }));
}

/**
 * Counts a failure. After `free` of them each one blocks twice as long as the one before, from a second to
 * 15 minutes; a quarter of an hour without one and all is forgotten, so nobody is kept out for ever.
 */
export async function countFailure(db: Databases, attempt: Attempt, now: Date): Promise<void> {
  const subjects = await subjectsOf(attempt);
  await db.query(sql`
    insert into identity.sign_in_failure as f (kind, subject_sha256, failures, last_time)
    select kind, digest, 1, ${now}::timestamptz
      from unnest(${subjects.map(({ kind }) => kind)}::text[],
                  ${subjects.map(({ digest }) => digest)}::bytea[]) as asked (kind, digest)
     -- One order for all, so that two attempts at once wait for each other and not in a circle.
     order by kind
    on conflict (kind, subject_sha256) do update
       set failures = case when f.last_time < excluded.last_time - interval '15 minutes' then 1
                           else least(f.failures + 1, 1000) end,
           last_time = excluded.last_time,
           blocked_until = null`);
  await db.query(sql`
    update identity.sign_in_failure f
       set blocked_until = f.last_time
             + least(interval '15 minutes', interval '1 second' * power(2, least(f.failures - free, 10)))
      from unnest(${subjects.map(({ kind }) => kind)}::text[],
                  ${subjects.map(({ digest }) => digest)}::bytea[],
                  ${subjects.map(({ kind }) => free[kind])}::integer[]) as asked (kind, digest, free)
     where f.kind = asked.kind
       and f.subject_sha256 = asked.digest
       and f.failures >= asked.free`);
  // Guesses must not pile up: with each new row a few old ones go.
  await db.query(sql`
    delete from identity.sign_in_failure
     where (kind, subject_sha256) in (
       select kind, subject_sha256 from identity.sign_in_failure
        where last_time < ${now}::timestamptz - interval '1 day'
        order by last_time limit 10 for update skip locked)`);
}

/** The person is there: what they mistyped before is forgotten, what others tried from there is not. */
export async function forgiveFailures(db: Databases, attempt: Attempt): Promise<void> {
  const pair = (await subjectsOf(attempt)).find(({ kind }) => kind === "pair");
  await db.query(sql`
    delete from identity.sign_in_failure
     where kind = 'pair' and subject_sha256 = ${pair?.digest}`);
}

// A person mistypes a few times; a plant's tablets share one address; a guesser comes from many.
const free = { pair: 5, address: 40, account: 25 } as const satisfies Record<FailureKind, number>;

async function subjectsOf({ email, address }: Attempt) {
  const account = email.toLowerCase();
  return [
    { kind: "account", digest: await sha256(`account ${account}`) },
    { kind: "address", digest: await sha256(`address ${address}`) },
    { kind: "pair", digest: await sha256(`pair ${account} ${address}`) },
  ] as const;
}

/** An administrator vouches for the account: it may be tried again at once. */
export async function forgiveAccount(db: Databases, email: string): Promise<void> {
  const digest = await sha256(`account ${email.toLowerCase()}`);
  await db.query(sql`
    delete from identity.sign_in_failure where kind = 'account' and subject_sha256 = ${digest}`);
}
