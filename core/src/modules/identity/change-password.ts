import { recordChange } from "../../platform/audit/record-change.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Passwords } from "../../platform/passwords/passwords.ts";
import type { Platform } from "../../platform/platform.ts";
import { changeAccess } from "./change-access.ts";
import { checkPassword } from "./domain/check-password.ts";
import type { Person } from "./person.ts";
import { endSessions } from "./store/sessions.ts";
import { claimGuess, forgiveFailures } from "./store/sign-in-failures.ts";
import { readUser, updateUser, type UserRow } from "./store/users.ts";
import { signInNeeded } from "./refresh-session.ts";

type Deps = { platform: Platform; passwords: Passwords };

/**
 * Changes the caller's password, who must know the old one: an unlocked screen is not enough. Ends every
 * other session. @throws Refusal password.wrong · those of checkPassword
 */
export async function changePassword(
  deps: Deps,
  person: Person,
  asked: { currentPassword: string; newPassword: string },
): Promise<void> {
  const { platform, passwords } = deps;
  const { tenantId, userId, sessionId, actor } = person;
  const user = await provePassword(deps, person, asked.currentPassword);
  checkPassword(asked.newPassword, user);
  const passwordHash = await passwords.hash(asked.newPassword);
  const now = platform.clock.now();
  await platform.db.inTenant(tenantId, async (tx) => {
    await updateUser(tx, userId, { passwordHash });
    const ended = await endSessions(tx, { userId, except: sessionId }, now);
    for (const each of ended) {
      changeAccess(tx, { userId, sessionId: each, reason: "password_changed" }, actor);
    }
    recordChange(tx, {
      objectType: "user",
      objectId: userId,
      label: user.name,
      before: { password: "old" },
      after: { password: "new" },
      by: actor,
    });
  });
}

/** The caller as a user, if this is their password; guesses are bounded as at the door. @throws Refusal password.wrong */
export async function provePassword(
  { platform, passwords }: Deps,
  { tenantId, userId, address }: Person,
  password: string,
): Promise<UserRow> {
  const { db, clock } = platform;
  const user = await db.inTenant(tenantId, (tx) => readUser(tx, userId));
  if (user === null) throw signInNeeded();
  const attempt = { email: `proof ${userId}`, address };
  if ((await claimGuess(db, attempt, clock.now())).length > 0) {
    throw new Refusal("sign_in.locked", "Too many wrong passwords. Try again in a few minutes.", {
      kind: "too_many",
      retryAfterS: 60,
    });
  }
  if (await passwords.verify(user.passwordHash, password)) {
    await forgiveFailures(db, attempt);
    return user;
  }
  throw new Refusal("password.wrong", "This is not your current password.", {
    kind: "not_permitted",
  });
}
