import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** The next work order number, `WO-000001` on; a rolled back transaction gives its number back. */
export async function nextWorkOrderNumber(tx: Transaction): Promise<string> {
  const { rows } = await sql<{ last: string }>`
    insert into production.number_sequence as s (tenant_id, name, last)
    values (${tx.tenantId}, 'work_order', 1)
    on conflict (tenant_id, name) do update set last = s.last + 1
    returning last`.execute(tx.over());
  return `WO-${(rows[0]?.last ?? "").padStart(6, "0")}`;
}
