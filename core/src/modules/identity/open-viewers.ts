import { sql } from "kysely";

import type { Databases } from "../../platform/db/databases.ts";
import type { Platform } from "../../platform/platform.ts";
import type { AreOpen } from "../../platform/http/stream-check.ts";

/** Which sessions and keys are open now; to ask is no use of them, so an idle one stays idle. */
export function openViewers({ db, clock }: Pick<Platform, "db" | "clock">): AreOpen {
  return async (tenantId, viewers) => {
    const sessionIds = viewers.flatMap(({ sessionId }) => sessionId ?? []);
    const apiKeyIds = viewers.flatMap(({ apiKeyId }) => apiKeyId ?? []);
    const open = await readOpen({ db, now: clock.now() }, tenantId, { sessionIds, apiKeyIds });
    return ({ sessionId, apiKeyId }) => open.has(sessionId ?? apiKeyId ?? "");
  };
}

async function readOpen(
  { db, now }: { db: Databases; now: Date },
  tenantId: Parameters<AreOpen>[0],
  { sessionIds, apiKeyIds }: { sessionIds: readonly string[]; apiKeyIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  const { rows } = await db.reading(tenantId, (tx) =>
    sql<{ id: string }>`
      select s.session_id as id
        from identity.session s
        join identity.app_user u on u.user_id = s.user_id
       where s.session_id = any (${[...sessionIds]}::uuid[])
         and s.ended_time is null
         and s.idle_ends_time > ${now}
         and u.state = 'active'
       union all
      select api_key_id
        from identity.api_key
       where api_key_id = any (${[...apiKeyIds]}::uuid[])
         and revoked_time is null
         and (expires_time is null or expires_time > ${now})`.execute(tx.over()),
  );
  return new Set(rows.map(({ id }) => id));
}
