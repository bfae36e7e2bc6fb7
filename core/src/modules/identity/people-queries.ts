import type { Department, User } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Databases } from "../../platform/db/databases.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { instantOf } from "./show-session.ts";

/** A page of users by name, `limit` + 1 rows. `locked` are digests of accounts that must wait. */
export async function readUserPage(
  tx: Transaction,
  asked: {
    after: readonly string[] | null;
    limit: number;
    search?: string | undefined;
    state?: User["state"] | undefined;
    role?: string | undefined;
    userId?: string | undefined;
    locked: readonly Uint8Array[];
  },
): Promise<User[]> {
  const [afterName = null, afterId = null] = asked.after ?? [];
  const { rows } = await sql<Row>`
    select * from (
      select u.user_id, u.name, u.email, u.roles, u.department_id, d.name as department_name,
             u.totp_confirmed_time is not null as has_totp, u.last_seen_time, u.version,
             case when u.state = 'active' and sha256(convert_to('account ' || lower(u.email), 'UTF8'))
                         = any (${[...asked.locked]}::bytea[])
                  then 'locked' else u.state end as state
        from identity.app_user u
        left join identity.department d on d.department_id = u.department_id
       where (${asked.userId ?? null}::uuid is null or u.user_id = ${asked.userId ?? null})
         and (${asked.role ?? null}::text is null or ${asked.role ?? null} = any (u.roles))
         and (${asked.search ?? null}::text is null
              or strpos(lower(u.name || ' ' || u.email), lower(${asked.search ?? null}::text)) > 0)
         and (${afterName}::text is null
              or (u.name, u.user_id) > (${afterName}::text, ${afterId}::uuid))
    ) found
     where ${asked.state ?? null}::text is null or state = ${asked.state ?? null}
     order by name, user_id
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows.map(showUser);
}

/** @throws Refusal user.unknown */
export async function readOneUser(
  tx: Transaction,
  userId: string,
  locked: readonly Uint8Array[],
): Promise<User> {
  const [user] = await readUserPage(tx, { after: null, limit: 1, userId, locked });
  if (user === undefined) throw unknownUser(userId);
  return user;
}

export function unknownUser(userId: string): Refusal {
  return new Refusal("user.unknown", `There is no user ${userId}.`, { kind: "absent" });
}

type Row = {
  user_id: string;
  name: string;
  email: string;
  state: User["state"];
  roles: string[];
  department_id: string | null;
  department_name: string | null;
  has_totp: boolean;
  last_seen_time: Date | null;
  version: number;
};

function showUser(row: Row): User {
  return {
    userId: row.user_id,
    name: row.name,
    email: row.email,
    state: row.state,
    roles: row.roles,
    departmentId: row.department_id,
    departmentName: row.department_name,
    hasTotp: row.has_totp,
    lastSeenTime: row.last_seen_time === null ? null : instantOf(row.last_seen_time),
    version: row.version,
  };
}

/** Digests of the accounts that failed too often and must wait now; of all companies, and no names. */
export async function readLockedAccounts(db: Databases, now: Date): Promise<Uint8Array[]> {
  const rows = await db.query(sql<{ subject_sha256: Uint8Array }>`
    select subject_sha256
      from identity.sign_in_failure
     where kind = 'account'
       and blocked_until > ${now}
     limit 1000`);
  return rows.map((row) => row.subject_sha256);
}

export async function readDepartments(
  tx: Transaction,
  departmentId?: string,
): Promise<Department[]> {
  const { rows } = await sql<Department>`
    select department_id as "departmentId", name, parent_id as "parentId", site_id as "siteId", version
      from identity.department
     where ${departmentId ?? null}::uuid is null or department_id = ${departmentId ?? null}
     order by name
     limit 1000`.execute(tx.over());
  return rows;
}

/** The company and its sites. */
export async function readCompany(tx: Transaction) {
  const { rows } = await sql<{
    tenantId: string;
    name: string;
    version: number;
    sites: {
      siteId: string;
      name: string;
      timeZone: string;
      dayStart: string;
      groupId: string;
    }[];
  }>`
    select t.tenant_id as "tenantId", t.name, t.version,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'siteId', s.site_id, 'name', s.name, 'timeZone', s.time_zone,
                     'dayStart', to_char(s.day_start, 'HH24:MI'), 'groupId', s.group_id) order by s.name), '[]')
              from identity.site s) as sites
      from identity.tenant t`.execute(tx.over());
  const [company] = rows;
  if (company === undefined) {
    throw new Refusal("company.unknown", "There is no such company.", { kind: "absent" });
  }
  return company;
}
