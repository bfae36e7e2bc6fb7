import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

export type SessionUser = {
  name: string;
  roles: string[];
  departmentId: string | null;
  /** When the session ends unless somebody refreshes it. */
  endsTime: Date;
};

/** The user of an open session, null when it or the user may not be used now; notes that it was used. */
export async function useSession(
  tx: Transaction,
  { userId, sessionId }: { userId: string; sessionId: string },
  now: Date,
): Promise<SessionUser | null> {
  const { rows } = await sql<{
    name: string;
    roles: string[];
    department_id: string | null;
    idle_ends_time: Date;
  }>`
    with used as (
      update identity.session
         set last_seen_time = ${now}
       where session_id = ${sessionId}
         and user_id = ${userId}
         and ended_time is null
         and idle_ends_time > ${now}
      returning user_id, idle_ends_time
    )
    update identity.app_user u
       set last_seen_time = ${now}
      from used
     where u.user_id = used.user_id
       and u.state = 'active'
    returning u.name, u.roles, u.department_id, used.idle_ends_time`.execute(tx.over());
  const [row] = rows;
  if (row === undefined) return null;
  const { name, roles, department_id, idle_ends_time } = row;
  return { name, roles, departmentId: department_id, endsTime: idle_ends_time };
}

export type NewSession = {
  sessionId: string;
  userId: string;
  method: string;
  userAgent: string;
  address: string;
  startedTime: Date;
  idleEndsTime: Date;
  endsTime: Date;
};

/** Opens a session. Of a user's sessions the newest hundred are kept; who signs in more often is a program. */
export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await sql`
    insert into identity.session
      (session_id, tenant_id, user_id, method, user_agent, address, started_time, last_seen_time,
       idle_ends_time, ends_time)
    values (${session.sessionId}, ${tx.tenantId}, ${session.userId}, ${session.method},
            ${session.userAgent}, ${session.address}, ${session.startedTime}, ${session.startedTime},
            ${session.idleEndsTime}, ${session.endsTime})`.execute(tx.over());
  await sql`
    delete from identity.session
     where session_id in (select session_id from identity.session
                           where user_id = ${session.userId}
                           order by started_time desc, session_id desc
                          offset ${sessionsMax})`.execute(tx.over());
}
const sessionsMax = 100;

export async function insertRefreshToken(
  tx: Transaction,
  token: { sha256: Uint8Array; sessionId: string; issuedTime: Date },
): Promise<void> {
  await sql`
    insert into identity.refresh_token (token_sha256, tenant_id, session_id, issued_time)
    values (${token.sha256}, ${tx.tenantId}, ${token.sessionId}, ${token.issuedTime})`.execute(
    tx.over(),
  );
}

export type RefreshedSession = {
  sessionId: string;
  userId: string;
  /** Open, of an active user. */
  isOpen: boolean;
  /** The token had been exchanged before. */
  wasUsed: boolean;
  endsTime: Date;
};

/** Uses a refresh token up; null when it is unknown. Two at once: one of them finds it used. */
export async function takeRefreshToken(
  tx: Transaction,
  sha256: Uint8Array,
  now: Date,
): Promise<RefreshedSession | null> {
  const { rows } = await sql<RefreshedSession>`
    with held as (
      select token_sha256, session_id, used_time
        from identity.refresh_token
       where token_sha256 = ${sha256}
         for update
    ), used as (
      update identity.refresh_token t
         set used_time = coalesce(held.used_time, ${now})
        from held
       where t.token_sha256 = held.token_sha256
    )
    select s.session_id as "sessionId", s.user_id as "userId",
           s.ended_time is null and s.idle_ends_time > ${now} and u.state = 'active' as "isOpen",
           held.used_time is not null as "wasUsed",
           s.ends_time as "endsTime"
      from held
      join identity.session s using (session_id)
      join identity.app_user u on u.user_id = s.user_id`.execute(tx.over());
  return rows[0] ?? null;
}

/** Moves the idle end. Tokens used more than a day ago are forgotten: they are refused as unknown ones. */
export async function keepSession(
  tx: Transaction,
  sessionId: string,
  { now, idleEndsTime }: { now: Date; idleEndsTime: Date },
): Promise<void> {
  await sql`
    update identity.session
       set idle_ends_time = least(${idleEndsTime}::timestamptz, ends_time), last_seen_time = ${now}
     where session_id = ${sessionId}`.execute(tx.over());
  await sql`
    delete from identity.refresh_token
     where session_id = ${sessionId}
       and used_time < ${now}::timestamptz - interval '1 day'`.execute(tx.over());
}

/** Ends these sessions; returns the ids of those that were open. */
export async function endSessions(
  tx: Transaction,
  of: { userId: string; sessionId?: string | undefined; except?: string | undefined },
  now: Date,
): Promise<string[]> {
  const { rows } = await sql<{ session_id: string }>`
    update identity.session
       set ended_time = ${now}
     where user_id = ${of.userId}
       and ended_time is null
       and (${of.sessionId ?? null}::uuid is null or session_id = ${of.sessionId ?? null})
       and session_id is distinct from ${of.except ?? null}::uuid
    returning session_id`.execute(tx.over());
  return rows.map(({ session_id }) => session_id);
}

export type OpenSession = {
  sessionId: string;
  method: string;
  userAgent: string;
  address: string;
  startedTime: Date;
  lastSeenTime: Date;
  endsTime: Date;
};

/** A user's open sessions, newest first. */
export async function readOpenSessions(
  tx: Transaction,
  userId: string,
  now: Date,
): Promise<OpenSession[]> {
  const { rows } = await sql<OpenSession>`
    select session_id as "sessionId", method, user_agent as "userAgent", address,
           started_time as "startedTime", last_seen_time as "lastSeenTime",
           idle_ends_time as "endsTime"
      from identity.session
     where user_id = ${userId}
       and ended_time is null
       and idle_ends_time > ${now}
     order by started_time desc, session_id desc`.execute(tx.over());
  return rows;
}

/** When a session ends by itself; null when it is not open. */
export async function readSessionEnd(tx: Transaction, sessionId: string): Promise<Date | null> {
  const { rows } = await sql<{ ends: Date }>`
    select idle_ends_time as ends
      from identity.session
     where session_id = ${sessionId}
       and ended_time is null`.execute(tx.over());
  return rows[0]?.ends ?? null;
}

/** Whether this user signed in from this address in the last 30 days. */
export async function isKnownAddress(
  tx: Transaction,
  asked: { userId: string; address: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    select from identity.session
     where user_id = ${asked.userId}
       and address = ${asked.address}
       and started_time > ${asked.now}::timestamptz - interval '30 days'
     limit 1`.execute(tx.over());
  return rows.length === 1;
}
