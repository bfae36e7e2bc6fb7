import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** A user as sign-in and the profile need it; people lists have their own reads. */
export type UserRow = {
  userId: string;
  name: string;
  email: string;
  state: "invited" | "active" | "inactive";
  roles: string[];
  departmentId: string | null;
  language: "en" | "zh-CN" | null;
  passwordHash: string | null;
  /** As stored; see `openTotpSecret`. */
  totpSecret: string | null;
  hasTotp: boolean;
  totpLastStep: number | null;
  version: number;
  companyName: string;
};

/** Null when there is no such user in the tenant. `lock` keeps others from changing it meanwhile. */
export async function readUser(
  tx: Transaction,
  userId: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<UserRow | null> {
  const { rows } = await sql<UserRow>`
    select u.user_id as "userId", u.name, u.email, u.state, u.roles,
           u.department_id as "departmentId", u.language, u.password_hash as "passwordHash",
           u.totp_secret as "totpSecret", u.totp_confirmed_time is not null as "hasTotp",
           u.totp_last_step::double precision as "totpLastStep", u.version,
           (select name from identity.tenant where tenant_id = u.tenant_id) as "companyName"
      from identity.app_user u
     where u.user_id = ${userId}
       ${lock ? sql`for update` : sql``}`.execute(tx.over());
  return rows[0] ?? null;
}

export type NewUser = {
  userId: string;
  name: string;
  email: string;
  state: "invited" | "active";
  roles: readonly string[];
  departmentId: string | null;
  passwordHash: string | null;
};

/** False when somebody of the company has this address. */
export async function insertUser(tx: Transaction, user: NewUser): Promise<boolean> {
  const { rows } = await sql`
    insert into identity.app_user
      (user_id, tenant_id, name, email, state, roles, department_id, password_hash)
    values (${user.userId}, ${tx.tenantId}, ${user.name}, ${user.email}, ${user.state},
            ${[...user.roles]}, ${user.departmentId}, ${user.passwordHash})
    on conflict (tenant_id, lower(email)) do nothing
    returning user_id`.execute(tx.over());
  return rows.length === 1;
}

export type UserChange = {
  name?: string | undefined;
  language?: "en" | "zh-CN" | null | undefined;
  roles?: readonly string[] | undefined;
  departmentId?: string | null | undefined;
  state?: "active" | "inactive" | "invited" | undefined;
  passwordHash?: string | undefined;
};

/** Changes what is given, and moves the version. */
export async function updateUser(
  tx: Transaction,
  userId: string,
  change: UserChange,
): Promise<void> {
  const sets = [
    change.name === undefined ? null : sql`name = ${change.name}`,
    change.language === undefined ? null : sql`language = ${change.language}`,
    change.roles === undefined ? null : sql`roles = ${[...change.roles]}`,
    change.departmentId === undefined ? null : sql`department_id = ${change.departmentId}`,
    change.state === undefined ? null : sql`state = ${change.state}`,
    change.passwordHash === undefined ? null : sql`password_hash = ${change.passwordHash}`,
    sql`version = version + 1`,
  ].filter((set) => set !== null);
  await sql`
    update identity.app_user set ${sql.join(sets)}
     where user_id = ${userId}`.execute(tx.over());
}

/** A new sealed secret, which counts from its confirmation on; null: none at all. */
export async function saveTotp(
  tx: Transaction,
  userId: string,
  totp: { sealed: string | null; confirmedTime: Date | null; lastStep: number | null },
): Promise<void> {
  await sql`
    update identity.app_user
       set totp_secret = ${totp.sealed}, totp_confirmed_time = ${totp.confirmedTime},
           totp_last_step = ${totp.lastStep}, version = version + 1
     where user_id = ${userId}`.execute(tx.over());
}

/** Notes the step a code was taken for. False when somebody else took this one or a later one first. */
export async function takeTotpStep(
  tx: Transaction,
  userId: string,
  step: number,
): Promise<boolean> {
  const { rows } = await sql`
    update identity.app_user
       set totp_last_step = ${step}
     where user_id = ${userId}
       and (totp_last_step is null or totp_last_step < ${step})
    returning user_id`.execute(tx.over());
  return rows.length === 1;
}

/** Replaces the user's recovery codes. */
export async function saveRecoveryCodes(
  tx: Transaction,
  userId: string,
  digests: readonly Uint8Array[],
): Promise<void> {
  await sql`delete from identity.recovery_code where user_id = ${userId}`.execute(tx.over());
  await sql`
    insert into identity.recovery_code (tenant_id, user_id, code_sha256)
    select ${tx.tenantId}, ${userId}, digest
      from unnest(${[...digests]}::bytea[]) as digest`.execute(tx.over());
}

/** False when it is none of the user's, or was used before. */
export async function takeRecoveryCode(
  tx: Transaction,
  userId: string,
  asked: { digest: Uint8Array; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update identity.recovery_code
       set used_time = ${asked.now}
     where user_id = ${userId}
       and code_sha256 = ${asked.digest}
       and used_time is null
    returning user_id`.execute(tx.over());
  return rows.length === 1;
}
