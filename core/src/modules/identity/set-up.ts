import type { SetUp } from "@millwright/contracts/api";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import { Refusal } from "../../platform/errors.ts";
import { uuidV7 } from "../../platform/ids.ts";
import type { Passwords } from "../../platform/passwords/passwords.ts";
import type { Platform } from "../../platform/platform.ts";
import { administratorRole } from "./default-policy.ts";
import { checkPassword } from "./domain/check-password.ts";
import { type Device, openSession, personOf, type SessionHold } from "./open-session.ts";
import { refuseUnknownTimeZone } from "./time-zone.ts";
import { seedPolicy } from "./seed-access.ts";
import { countFailure, readBlocks } from "./store/sign-in-failures.ts";
import { insertUser } from "./store/users.ts";
import { sha256 } from "./tenant-secret.ts";

type Deps = { platform: Platform; passwords: Passwords; setupCode: string | undefined };

/** Whether nobody has been set up, and what the form starts with. */
export async function readSetup({ db }: Platform) {
  const tenantId = await firstTenant(db);
  const isNeeded = tenantId !== null && !(await hasUsers(db));
  if (!isNeeded || tenantId === null) return { isNeeded: false, companyName: "", timeZone: "UTC" };
  return db.inTenant(tenantId, async (tx) => {
    const { rows } = await sql<{ name: string; time_zone: string }>`
      select t.name, coalesce((select time_zone from identity.site order by site_id limit 1), 'UTC') as time_zone
        from identity.tenant t`.execute(tx.over());
    return { isNeeded, companyName: rows[0]?.name ?? "", timeZone: rows[0]?.time_zone ?? "UTC" };
  });
}

/**
 * The first run of an installation: names company and site, makes the administrator and signs in. The
 * setup code proves that the asker can read this machine's secrets. Two at once: one of them finds it done.
 * @throws Refusal setup.done · setup.code_wrong · time_zone.unknown · sign_in.locked · those of checkPassword
 */
export async function setUp(
  deps: Deps,
  asked: SetUp,
  device: Device,
): Promise<{ tenantId: TenantId; session: SessionHold }> {
  const { db, clock } = deps.platform;
  const tenantId = await firstTenant(db);
  if (tenantId === null || (await hasUsers(db))) throw setupDone();
  await checkCode(deps, asked.code, device);
  const { administrator, company, site } = asked;
  refuseUnknownTimeZone(site.timeZone);
  checkPassword(administrator.password, { ...administrator, companyName: company.name });
  const passwordHash = await deps.passwords.hash(administrator.password);
  const now = clock.now();
  const session = await db.inTenant(tenantId, async (tx) => {
    // The row of the company is what the second one waits for.
    await sql`update identity.tenant set name = ${company.name}`.execute(tx.over());
    const { rows } = await sql`select from identity.app_user limit 1`.execute(tx.over());
    if (rows.length > 0) throw setupDone();
    await nameSite(tx, site);
    await seedPolicy(tx, now);
    const userId = uuidV7(now);
    const { name, email } = administrator;
    const roles = [administratorRole];
    const user = { userId, name, email, state: "active" as const, roles, departmentId: null };
    await insertUser(tx, { ...user, passwordHash });
    const opened = await openSession(tx, { userId, name, method: "password", device }, now);
    const by = personOf({ userId, name, sessionId: opened.sessionId, device });
    const after = { name, email, roles };
    recordChange(tx, {
      objectType: "user",
      objectId: userId,
      label: name,
      before: null,
      after,
      by,
    });
    const named = { companyName: company.name, siteName: site.name, timeZone: site.timeZone };
    recordChange(tx, {
      objectType: "company",
      objectId: tenantId,
      label: company.name,
      before: null,
      after: named,
      by,
    });
    return opened;
  });
  return { tenantId, session };
}

async function checkCode({ platform, setupCode }: Deps, code: string, device: Device) {
  const { db, clock } = platform;
  const attempt = { email: "setup", address: device.address };
  const now = clock.now();
  const [block] = await readBlocks(db, attempt, now);
  if (block !== undefined) {
    const waitS = Math.max(1, Math.ceil((block.until.getTime() - now.getTime()) / 1000));
    throw new Refusal("sign_in.locked", `Too many wrong codes. Try again in ${waitS} s.`, {
      kind: "too_many",
      retryAfterS: waitS,
    });
  }
  if (setupCode !== undefined && (await isSame(code, setupCode))) return;
  await countFailure(db, attempt, now);
  throw new Refusal(
    "setup.code_wrong",
    "This is not the setup code. npm start prints it; the file secrets/setup-code keeps it.",
    { kind: "not_permitted" },
  );
}

/** Digests are compared: how far two texts agree is not to be timed. */
async function isSame(a: string, b: string): Promise<boolean> {
  const [left, right] = [await sha256(a.trim()), await sha256(b.trim())];
  return left.every((byte, index) => byte === right[index]);
}

type Tx = Parameters<typeof insertUser>[0];

async function nameSite(tx: Tx, site: SetUp["site"]): Promise<void> {
  await sql`
    update identity.site
       set name = ${site.name}, time_zone = ${site.timeZone}, day_start = ${site.dayStart}
     where site_id = (select site_id from identity.site order by site_id limit 1)`.execute(
    tx.over(),
  );
}

async function firstTenant(db: Platform["db"]): Promise<TenantId | null> {
  const [row] = await db.query(sql<{ tenant_id: string | null }>`
    select identity.only_tenant() as tenant_id`);
  return row?.tenant_id == null ? null : tenantIdSchema.parse(row.tenant_id);
}

async function hasUsers(db: Platform["db"]): Promise<boolean> {
  const [row] = await db.query(sql<{ has: boolean }>`select identity.has_users() as has`);
  return row?.has === true;
}

function setupDone(): Refusal {
  return new Refusal("setup.done", "This installation is set up. Sign in.");
}
