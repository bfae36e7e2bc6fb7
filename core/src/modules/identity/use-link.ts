import type { TenantId } from "@millwright/contracts/units";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Passwords } from "../../platform/passwords/passwords.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Callers } from "./callers.ts";
import { changeAccess } from "./change-access.ts";
import { checkPassword } from "./domain/check-password.ts";
import { linkNotValid, readLinkToken } from "./links.ts";
import { type Device, openSession, type SessionHold } from "./open-session.ts";
import { findLink } from "./store/links.ts";
import { endSessions } from "./store/sessions.ts";
import { readUser, updateUser } from "./store/users.ts";

type Deps = { platform: Platform; passwords: Passwords; callers: Callers };

/** What a link is for. @throws Refusal link.not_valid */
export async function readLink({ platform }: Pick<Deps, "platform">, token: string) {
  const { tenantId, sha256 } = await readLinkToken(token);
  const now = platform.clock.now();
  return platform.db.inTenant(tenantId, async (tx) => {
    const link = await findLink(tx, sha256, { now, take: false });
    const user = link === null ? null : await readUser(tx, link.userId);
    if (link === null || user === null || user.state === "inactive") throw linkNotValid();
    const { email, name, companyName } = user;
    return { purpose: link.purpose, email, name, companyName };
  });
}

/**
 * Sets the password that a link asks for and signs in; every other session of the user ends, since the
 * old password may have been known. A second factor stays: who has the mailbox does not have the phone,
 * so then the answer is to sign in with it.
 * @throws Refusal link.not_valid · sign_in.code_needed · those of checkPassword
 */
export async function useLink(
  { platform, passwords, callers }: Deps,
  asked: { token: string; name?: string | undefined; password: string },
  device: Device,
): Promise<{ tenantId: TenantId; session: SessionHold | null }> {
  const { tenantId, sha256 } = await readLinkToken(asked.token);
  // Before hashing, which is work: a link that is not valid costs a look-up only.
  const shown = await readLink({ platform }, asked.token);
  checkPassword(asked.password, { ...shown, name: asked.name ?? shown.name });
  const passwordHash = await passwords.hash(asked.password);
  const now = platform.clock.now();
  const done = await platform.db.inTenant(tenantId, async (tx) => {
    const link = await findLink(tx, sha256, { now, take: true });
    const user = link === null ? null : await readUser(tx, link.userId, { lock: true });
    if (link === null || user === null || user.state === "inactive") throw linkNotValid();
    const { userId } = user;
    const name = link.purpose === "invitation" ? (asked.name ?? user.name) : user.name;
    await updateUser(tx, userId, { name, state: "active", passwordHash });
    await endSessions(tx, { userId }, now);
    const actor = { kind: "person", id: userId, name, device } as const;
    changeAccess(tx, { userId, reason: `${link.purpose}_used` }, actor);
    recordChange(tx, {
      objectType: "user",
      objectId: userId,
      label: name,
      before: { name: user.name, state: user.state, password: null },
      after: { name, state: "active", password: "chosen" },
      by: actor,
    });
    if (user.hasTotp) return { userId, session: null };
    return {
      userId,
      session: await openSession(tx, { userId, name, method: "password", device }, now),
    };
  });
  callers.forget(tenantId, { userId: done.userId });
  return { tenantId, session: done.session };
}
