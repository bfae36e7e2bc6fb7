import type { ParkedEvent, ParkedEventCommand, SubscriptionState } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { iso8601Schema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { recordChange } from "../audit/record-change.ts";
import { maskSensitive } from "../audit/sensitive-fields.ts";
import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import { lagQuery, toSubscriptionState } from "./lag.ts";

/** Every subscription of the tenant's database, by name. */
export async function readSubscriptions(tx: Transaction): Promise<SubscriptionState[]> {
  const { rows } = await lagQuery.execute(tx.over());
  return rows.map(toSubscriptionState);
}

/** Parked events of the transaction's tenant, oldest first, after a position. */
export async function readParkedPage(
  tx: Transaction,
  asked: { subscription: string; after: string | null; limit: number },
): Promise<ParkedEvent[]> {
  const { rows } = await parkedRows(
    asked.subscription,
    sql`p.position > coalesce(${asked.after}::bigint, -1)`,
    asked.limit,
  ).execute(tx.over());
  return rows.map(toParkedEvent);
}

/**
 * Asks the worker to try the first parked event of a stream again, or to leave it out; those behind it
 * follow. The audit trail says who asked.
 * @throws Refusal parked_event.unknown, parked_event.waits
 */
export async function commandParked(
  tx: Transaction,
  asked: { subscription: string; position: string; command: ParkedEventCommand },
  by: Actor,
): Promise<ParkedEvent> {
  const { subscription, position, command } = asked;
  const found = await parkedRows(subscription, sql`p.position = ${position}`, 1).execute(tx.over());
  const [parked] = found.rows;
  if (parked === undefined) {
    throw new Refusal("parked_event.unknown", "This event is not parked (any more).", {
      kind: "absent",
    });
  }
  if (!parked.is_first) {
    throw new Refusal(
      "parked_event.waits",
      "An earlier event of its stream is parked: decide about that one, this one follows.",
      { current: "waits", asked: command },
    );
  }
  await sql`
    update platform.parked_event
       set asked = ${command}
     where subscription = ${subscription}
       and position = ${position}`.execute(tx.over());
  recordChange(tx, {
    objectType: "parked_event",
    objectId: `${subscription}@${position}`,
    label: `${parked.type} · ${parked.stream}`,
    before: { asked: parked.asked, reason: parked.reason },
    after: { asked: command, reason: parked.reason },
    by,
  });
  return toParkedEvent({ ...parked, asked: command });
}

/**
 * Asks the worker to handle every event after `fromPosition` again. No effect doubles: only
 * subscriptions that declare it may be replayed, their effects are keyed and overwritten.
 * @throws Refusal subscription.unknown, subscription.not_replayable, subscription.position_ahead
 */
export async function askReplay(
  tx: Transaction,
  asked: { subscription: string; fromPosition: string },
  by: Actor,
): Promise<SubscriptionState> {
  const { subscription: name, fromPosition } = asked;
  const state = (await readSubscriptions(tx)).find((row) => row.name === name);
  if (state === undefined) {
    throw new Refusal("subscription.unknown", `There is no subscription ${name}.`, {
      kind: "absent",
    });
  }
  if (!state.isReplayable) {
    throw new Refusal(
      "subscription.not_replayable",
      `${name} emits or adds up: handling events again would double its effects.`,
      { asked: fromPosition },
    );
  }
  if (BigInt(fromPosition) > BigInt(state.position)) {
    throw new Refusal(
      "subscription.position_ahead",
      "It has not come that far: going forward would leave events out.",
      { current: state.position, asked: fromPosition },
    );
  }
  await sql`
    update platform.subscription set replay_asked = ${fromPosition} where name = ${name}`.execute(
    tx.over(),
  );
  recordChange(tx, {
    objectType: "subscription",
    objectId: name,
    before: { position: state.position },
    after: { position: fromPosition },
    by,
  });
  return state;
}

type ParkedRow = {
  subscription: string;
  position: string;
  stream: string;
  type: string | null;
  reason: string;
  attempts: number;
  parked_time: Date;
  next_attempt_time: string | null;
  asked: ParkedEventCommand | null;
  payload: unknown;
  is_first: boolean;
};

function parkedRows(subscription: string, which: ReturnType<typeof sql>, limit: number) {
  return sql<ParkedRow>`
    select p.subscription, p.position, p.stream, e.type, p.reason, p.attempts, p.parked_time, p.asked,
           case when isfinite(p.next_attempt_time)
                then to_char(p.next_attempt_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
           end as next_attempt_time,
           e.payload,
           not exists (
             select from platform.parked_event earlier
              where earlier.subscription = p.subscription
                and earlier.tenant_id = p.tenant_id
                and earlier.stream = p.stream
                and earlier.position < p.position) as is_first
      from platform.parked_event p
      left join platform.event e on e.position = p.position and e.tenant_id = p.tenant_id
     where p.subscription = ${subscription}
       and ${which}
     order by p.position
     limit ${limit}`;
}

function toParkedEvent(row: ParkedRow): ParkedEvent {
  return {
    subscription: row.subscription,
    position: row.position,
    stream: row.stream,
    type: row.type ?? "",
    reason: row.reason,
    isFirst: row.is_first,
    attempts: row.attempts,
    parkedTime: iso8601Schema.parse(row.parked_time.toISOString()),
    nextAttemptTime:
      row.next_attempt_time === null ? null : iso8601Schema.parse(row.next_attempt_time),
    asked: row.asked,
    payload: maskSensitive(row.payload),
  };
}
