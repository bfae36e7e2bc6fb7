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
