import { recordChange } from "../../platform/audit/record-change.ts";
import type { Policy } from "../../platform/authz/policy.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { refuseUnknownDepartment } from "./departments.ts";
import { refuseBeyondOwn, refuseUnknownRoles } from "./guard-rights.ts";
import { type LinkMail, sendLink } from "./links.ts";
import { unknownUser } from "./people-queries.ts";
import { insertUser, readUser } from "./store/users.ts";

/**
 * Adds a user who chooses a password by the link; returns the link when no mail is sent.
 * @throws Refusal user.exists · role.unknown · role.beyond_own · department.unknown
 */
export async function inviteUser(
  tx: Transaction,
  deps: { policy: Policy; mail: LinkMail; caller: Caller; now: Date },
  asked: {
    userId: string;
    name: string;
    email: string;
    roles: readonly string[];
    departmentId: string | null;
  },
): Promise<string | null> {
  const { policy, mail, caller, now } = deps;
  const { userId, name, email, departmentId } = asked;
  const roles = [...new Set(asked.roles)];
  refuseUnknownRoles(policy, roles);
  refuseBeyondOwn(policy, { roles, departmentId }, caller);
  await refuseUnknownDepartment(tx, departmentId);
  const user = { userId, name, email, roles, departmentId };
  if (!(await insertUser(tx, { ...user, state: "invited", passwordHash: null }))) {
    throw new Refusal("user.exists", `Somebody with the address ${email} is here already.`);
  }
  const after = { name, email, roles, departmentId, state: "invited" };
  const by = caller.actor;
  recordChange(tx, { objectType: "user", objectId: userId, label: name, before: null, after, by });
  const made = await readUser(tx, userId);
  if (made === null) throw unknownUser(userId);
  return sendLink(tx, mail, { user: made, purpose: "invitation" }, now);
}
