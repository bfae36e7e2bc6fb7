import type { DowntimeReason } from "@millwright/contracts/api";
import { sql } from "kysely";

import { isTaken } from "../../../platform/db/failure.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";

type StoredReason = Omit<DowntimeReason, "isStandard">;
type Reason = Omit<StoredReason, "version">;

/** What the company added or changed. */
export async function loadReasons(tx: Transaction): Promise<StoredReason[]> {
  const { rows } = await sql<StoredReason>`
    select reason_id as "reasonId", code, name, category, is_active as "isActive", version
      from production.downtime_reason
     where tenant_id = ${tx.tenantId}`.execute(tx.over());
  return rows;
}

/** False when id or code is there already. */
export async function insertReason(tx: Transaction, reason: Reason): Promise<boolean> {
  const { rows } = await sql`
    insert into production.downtime_reason (tenant_id, reason_id, code, name, category, is_active)
    values (${tx.tenantId}, ${reason.reasonId}, ${reason.code}, ${reason.name}, ${reason.category},
            ${reason.isActive})
    on conflict do nothing
    returning reason_id`.execute(tx.over());
  return rows.length === 1;
}

/** False when it is not of that version any more, or another one has taken the code meanwhile. */
export async function updateReason(
  tx: Transaction,
  reason: Reason,
  version: number,
): Promise<boolean> {
  const { rows } = await sql`
    update production.downtime_reason
       set code = ${reason.code}, name = ${reason.name}, category = ${reason.category},
           is_active = ${reason.isActive}, version = version + 1
     where tenant_id = ${tx.tenantId}
       and reason_id = ${reason.reasonId}
       and version = ${version}
    returning reason_id`
    .execute(tx.over())
    .catch((error: unknown) => {
      if (isTaken(error, "downtime_reason")) return { rows: [] };
      throw error;
    });
  return rows.length === 1;
}
