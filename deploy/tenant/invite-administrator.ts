import { tenantIdSchema } from "@millwright/contracts/units";

import { sendLink } from "../../core/src/modules/identity/links.ts";
import { insertUser, readUser } from "../../core/src/modules/identity/store/users.ts";
import { recordChange } from "../../core/src/platform/audit/record-change.ts";
import { Database } from "../../core/src/platform/db/database.ts";
import { uuidV7 } from "../../core/src/platform/ids.ts";

/** Adds a company's first administrator; returns the link by which they choose their password. */
export async function inviteAdministrator(
  ownerUrl: string,
  asked: { tenantId: string; email: string; publicUrl: string },
): Promise<string | null> {
  await using db = new Database(ownerUrl, { poolMax: 1, onError: () => undefined });
  const { email, publicUrl } = asked;
  const now = new Date();
  return db.inTenant(tenantIdSchema.parse(asked.tenantId), async (tx) => {
    const userId = uuidV7(now);
    const user = { name: email.slice(0, 100), email, state: "invited", roles: ["administrator"] };
    await insertUser(tx, {
      ...user,
      state: "invited",
      userId,
      departmentId: null,
      passwordHash: null,
    });
    // Also what tells the directory of sign-in about them.
    recordChange(tx, {
      objectType: "user",
      objectId: userId,
      label: user.name,
      before: null,
      after: user,
      by: { kind: "system", id: "installation" },
    });
    const made = await readUser(tx, userId);
    if (made === null) throw new Error("the administrator was just added");
    return sendLink(
      tx,
      { publicUrl, sendsMail: false },
      { user: made, purpose: "invitation" },
      now,
    );
  });
}
