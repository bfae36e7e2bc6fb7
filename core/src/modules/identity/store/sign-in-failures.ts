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
export async function countFailure(
  db: Databases,
  attempt: Attempt,
  now: Date,
  kinds: readonly FailureKind[] = ["pair", "account", "address"],
): Promise<void> {
  const subjects = (await subjectsOf(attempt)).filter(({ kind }) => kinds.includes(kind));
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

/**
 * Counts a guess of a secret as wrong before it is looked at, so that many sent at once are no more than
 * those sent one after another. Answers what blocks it: a guess that came first and is not decided yet
 * blocks like one that was wrong. `forgiveFailures` or `giveBack` follows when it was right. A whole shift
 * behind one address signs in at once, so the address is counted by `countFailure` when it was wrong.
 */
export async function claimGuess(
  db: Databases,
  attempt: Attempt,
  now: Date,
): Promise<FailureKind[]> {
  const subjects = (await subjectsOf(attempt)).filter(({ kind }) => kind !== "address");
  const failures = sql`
    case when f.last_time < excluded.last_time - interval '15 minutes' then 1
         else least(f.failures + 1, 1000) end`;
  const rows = await db.query(sql<{ kind: FailureKind }>`
    insert into identity.sign_in_failure as f (kind, subject_sha256, failures, last_time)
    select kind, digest, 1, ${now}::timestamptz
      from unnest(${subjects.map(({ kind }) => kind)}::text[],
                  ${subjects.map(({ digest }) => digest)}::bytea[]) as asked (kind, digest)
     order by kind
    on conflict (kind, subject_sha256) do update
       set failures = ${failures},
           last_time = excluded.last_time,
           blocked_until = case when ${failures} >= ${freeOfKind}
             then excluded.last_time + least(interval '15 minutes',
                    interval '1 second' * power(2, least(${failures} - ${freeOfKind}, 10))) end
     where f.blocked_until is null
        or f.blocked_until <= excluded.last_time
    returning kind`);
  return subjects.map(({ kind }) => kind).filter((kind) => !rows.some((row) => row.kind === kind));
}

/** It was no wrong guess: it counts as if it had not been made. */
export async function giveBack(db: Databases, attempt: Attempt): Promise<void> {
  await release(db, attempt, ["pair", "account"]);
}

/** The person is there: what they mistyped before is forgotten, what others tried from there is not. */
export async function forgiveFailures(db: Databases, attempt: Attempt): Promise<void> {
  const pair = (await subjectsOf(attempt)).find(({ kind }) => kind === "pair");
  await release(db, attempt, ["account"]);
  await db.query(sql`
    delete from identity.sign_in_failure
     where kind = 'pair' and subject_sha256 = ${pair?.digest}`);
}

async function release(
  db: Databases,
  attempt: Attempt,
  kinds: readonly FailureKind[],
): Promise<void> {
  const subjects = (await subjectsOf(attempt)).filter(({ kind }) => kinds.includes(kind));
  // The row of one failure stays as one: it blocks nothing, and goes when it is old.
  await db.query(sql`
    update identity.sign_in_failure f
       set failures = greatest(f.failures - 1, 1),
           blocked_until = case when f.failures - 1 >= ${freeOfKind} then f.blocked_until end
      from unnest(${subjects.map(({ kind }) => kind)}::text[],
                  ${subjects.map(({ digest }) => digest)}::bytea[]) as asked (kind, digest)
     where f.kind = asked.kind
       and f.subject_sha256 = asked.digest`);
}

// A person mistypes a few times; a plant's tablets share one address; a guesser comes from many.
const free = { pair: 5, address: 40, account: 25 } as const satisfies Record<FailureKind, number>;

const freeOfKind = sql`
  case f.kind when 'pair' then ${free.pair}::integer
              when 'account' then ${free.account}::integer
              else ${free.address}::integer end`;

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
