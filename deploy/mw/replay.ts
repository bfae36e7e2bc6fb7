import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import pg from "pg";

import { Database } from "../../core/src/platform/db/database.ts";
import { Refusal } from "../../core/src/platform/errors.ts";
import { askReplay } from "../../core/src/platform/events/operate-subscription.ts";
import { StartRefusal } from "../refusal.ts";

/**
 * Asks the worker to handle the events after a position again, as the button of the event board does;
 * the audit trail of the oldest company says so. Returns where the subscription stood.
 * @throws StartRefusal when there is no such subscription, it is not declared safe, or the position lies ahead.
 */
export async function replay(options: {
  adminUrl: string;
  coreUrl: string;
  subscription: string;
  fromPosition: string;
}): Promise<{ position: string }> {
  const { subscription, fromPosition } = options;
  const tenantId = await firstTenant(options.adminUrl);
  await using db = new Database(options.coreUrl, { poolMax: 1, onError: () => undefined });
  try {
    const by = { kind: "system", id: "mw", name: "npm run mw" } as const;
    return await db.inTenant(tenantId, (tx) => askReplay(tx, { subscription, fromPosition }, by));
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new StartRefusal(cause.message, { cause });
  }
}

async function firstTenant(adminUrl: string): Promise<TenantId> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ id: string }>(
      "select tenant_id as id from identity.tenant order by tenant_id limit 1",
    );
    const [tenant] = rows;
    if (tenant === undefined) throw new StartRefusal("There is no company here yet.");
    return tenantIdSchema.parse(tenant.id);
  } finally {
    await admin.end();
  }
}
