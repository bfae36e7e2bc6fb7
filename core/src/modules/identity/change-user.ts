import type { userCommands } from "@millwright/contracts/api";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Policy } from "../../platform/authz/policy.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { requireVersion } from "../../platform/http/if-match.ts";
import { changeAccess } from "./change-access.ts";
import { refuseUnknownDepartment } from "./departments.ts";
import {
  hasAdministrator,
  isAdministrator,
  lockRights,
  refuseBeyondOwn,
  refuseUnknownRoles,
} from "./guard-rights.ts";
import { type LinkMail, sendLink } from "./links.ts";
import { unknownUser } from "./people-queries.ts";
import { removeTotp } from "./second-factor.ts";
import { endSessions } from "./store/sessions.ts";
import { readUser, updateUser, type UserChange, type UserRow } from "./store/users.ts";

type Deps = { policy: Policy; caller: Caller; now: Date };

/**
 * Edits a user as of the version that was read; new roles are in force in every process at once.
 * @throws Refusal user.unknown · record.changed_meanwhile · role.unknown · role.beyond_own ·
 * user.last_administrator
 */
export async function changeUser(
  tx: Transaction,
  deps: Deps,
  asked: { userId: string; version: number; change: UserChange },
): Promise<void> {
  const { policy, caller } = deps;
  const user = await lockUser(tx, deps, asked.userId);
  requireVersion(user.version, asked.version);
  const roles = asked.change.roles === undefined ? undefined : [...new Set(asked.change.roles)];
  if (roles !== undefined) {
    const added = roles.filter((role) => !user.roles.includes(role));
    refuseUnknownRoles(policy, added);
    refuseBeyondOwn(policy, { roles: added, departmentId: user.departmentId }, caller);
  }
  const { departmentId = user.departmentId } = asked.change;
  await refuseUnknownDepartment(tx, asked.change.departmentId ?? null);
  if (departmentId !== user.departmentId) {
    refuseBeyondOwn(policy, { roles: roles ?? user.roles, departmentId }, caller);
  }
  const change = { ...asked.change, roles };
  await updateUser(tx, user.userId, change);
  await keepAdministrator(tx, policy, user);
  note(tx, user, change, caller);
  changeAccess(tx, { userId: user.userId, reason: "user_changed" }, caller.actor);
}

export type UserCommand = (typeof userCommands)[number];

/**
 * Does what a person who manages users does; every command may be repeated. `send_link` returns the link
 * when no mail is sent. Unlocking is the caller's part, because failures are counted for the installation.
 * @throws Refusal user.unknown · user.inactive · user.last_administrator · role.beyond_own
 */
export async function commandUser(
  tx: Transaction,
  deps: Deps & { mail: LinkMail },
  asked: { userId: string; command: UserCommand },
): Promise<string | null> {
  const { caller, now, policy } = deps;
  const { actor } = caller;
  const user = await lockUser(tx, deps, asked.userId);
  const { userId } = user;
  switch (asked.command) {
    case "deactivate":
      await setState(tx, { user, state: "inactive" }, caller);
      await keepAdministrator(tx, policy, user);
      await endSessions(tx, { userId }, now);
      changeAccess(tx, { userId, reason: "user_deactivated" }, actor);
      return null;
    case "activate":
      await setState(
        tx,
        { user, state: user.passwordHash === null ? "invited" : "active" },
        caller,
      );
      return null;
    case "send_link": {
      if (user.state === "inactive") {
        throw new Refusal("user.inactive", "This user is inactive. Activate them first.");
      }
      const purpose = user.passwordHash === null ? "invitation" : "password_reset";
      return sendLink(tx, deps.mail, { user, purpose }, now);
    }
    case "end_sessions":
      await endSessions(tx, { userId }, now);
      changeAccess(tx, { userId, reason: "sessions_ended" }, actor);
      return null;
    case "remove_totp":
      if (user.hasTotp) await removeTotp(tx, { userId, name: user.name, actor });
      return null;
    case "unlock":
      return null;
    default:
      return asked.command satisfies never;
  }
}

/** The user, and nobody else changes rights meanwhile. */
async function lockUser(
  tx: Transaction,
  { policy, caller }: Deps,
  userId: string,
): Promise<UserRow> {
  await lockRights(tx);
  const user = await readUser(tx, userId, { lock: true });
  if (user === null) throw unknownUser(userId);
  // A link or a lost second factor of somebody who may do more would be a way to do it oneself.
  refuseBeyondOwn(policy, user, caller);
  return user;
}

/** @throws Refusal user.last_administrator: somebody must be able to give rights back */
async function keepAdministrator(tx: Transaction, policy: Policy, before: UserRow): Promise<void> {
  if (before.state !== "active" || !isAdministrator(policy, before.roles)) return;
  if (await hasAdministrator(tx, policy)) return;
  throw new Refusal(
    "user.last_administrator",
    `${before.name} is the last one who can give rights. Make somebody else an administrator first.`,
  );
}

async function setState(
  tx: Transaction,
  { user, state }: { user: UserRow; state: UserRow["state"] },
  caller: Caller,
): Promise<void> {
  if (user.state === state) return;
  await updateUser(tx, user.userId, { state });
  note(tx, user, { state }, caller);
}

function note(tx: Transaction, user: UserRow, change: UserChange, { actor }: Caller): void {
  const { name, roles, departmentId, state } = user;
  const before = { name, roles, departmentId, state };
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  recordChange(tx, {
    objectType: "user",
    objectId: user.userId,
    label: change.name ?? name,
    before,
    after: { ...before, ...Object.fromEntries(given) },
    by: actor,
  });
}
