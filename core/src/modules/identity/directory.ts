import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Databases } from "../../platform/db/databases.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { payloadOf } from "../../platform/events/log.ts";
import type { Subscription } from "../../platform/events/subscription.ts";

/** Somebody's account in a company, which may live in another database. */
export type Account = { readonly tenantId: TenantId; readonly userId: string };

/** Every account of an address in the installation, at most 20; one statement, whatever the databases. */
export async function accountsOf(db: Databases, email: string): Promise<Account[]> {
  const rows = await db.query(sql<{ tenant_id: string; user_id: string }>`
    select tenant_id, user_id from identity.sign_in_accounts(${email})`);
  return rows.map((row) => ({
    tenantId: tenantIdSchema.parse(row.tenant_id),
    userId: row.user_id,
  }));
}

/**
 * Keeps the installation's directory of addresses for companies with a database of their own. What it
 * writes is read anew from the company's users and overwrites, so doing it twice, or after a loss from
 * the begin of the log on, ends in the same directory.
 */
export function directory(db: Databases): Subscription {
  return {
    name: "identity.directory",
    keys: ["record.changed@1"],
    isReplayable: true,
    handle: async (tx, events) => {
      const userIds = events
        .map((event) => payloadOf("record.changed@1", event))
        .flatMap(({ objectType, objectId }) => (objectType === "user" ? [objectId] : []));
      if (userIds.length === 0) return;
      // The shared database knows the addresses of its companies itself.
      if ((await db.homeOf(tx.tenantId)) === db.installation) return;
      const users = await readAddresses(tx, userIds);
      await db.installation.db.inTenant(tx.tenantId, (there) => replace(there, userIds, users));
    },
  };
}

type Address = { user_id: string; email: string };

async function readAddresses(tx: Transaction, userIds: readonly string[]): Promise<Address[]> {
  const { rows } = await sql<Address>`
    select user_id, email
      from identity.app_user
     where user_id = any (${[...userIds]}::uuid[])`.execute(tx.over());
  return rows;
}

async function replace(
  tx: Transaction,
  userIds: readonly string[],
  users: readonly Address[],
): Promise<void> {
  await sql`
    delete from identity.directory
     where user_id = any (${[...userIds]}::uuid[])`.execute(tx.over());
  await sql`
    insert into identity.directory (tenant_id, user_id, email)
    select ${tx.tenantId}, u.user_id, u.email
      from jsonb_to_recordset(${JSON.stringify(users)}::jsonb) as u (user_id uuid, email text)
    on conflict (tenant_id, user_id) do update set email = excluded.email`.execute(tx.over());
}
