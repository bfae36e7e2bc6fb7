import type { Me } from "@millwright/contracts/api";
import { iso8601Schema, type TenantId } from "@millwright/contracts/units";

import type { Authorisation } from "../../platform/authz/authorisation.ts";
import type { Platform } from "../../platform/platform.ts";
import { signInNeeded } from "./refresh-session.ts";
import { readSessionEnd } from "./store/sessions.ts";
import { readUser } from "./store/users.ts";

/** Who is signed in and what they may do at least for some objects. @throws Refusal sign_in.needed */
export async function readMe(
  { platform, authorisation }: { platform: Platform; authorisation: Authorisation },
  asked: { tenantId: TenantId; userId: string; sessionId: string },
): Promise<Me> {
  const { tenantId, userId, sessionId } = asked;
  const { user, ends } = await platform.db.inTenant(tenantId, async (tx) => ({
    user: await readUser(tx, userId),
    ends: await readSessionEnd(tx, sessionId),
  }));
  if (user === null || ends === null) throw signInNeeded();
  return {
    userId,
    name: user.name,
    email: user.email,
    tenantId,
    companyName: user.companyName,
    roles: user.roles,
    departmentId: user.departmentId,
    permissions: await authorisation.permissionsOf(tenantId, user.roles),
    language: user.language,
    hasPassword: user.passwordHash !== null,
    hasTotp: user.hasTotp,
    sessionEndsTime: iso8601Schema.parse(ends.toISOString()),
  };
}
