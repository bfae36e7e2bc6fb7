import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/**
 * What people said about stops that had not ended: those that have ended since get their end. States may
 * come live, late or replayed; whatever brought them, the first one after the begin that is not down ends it.
 */
export function closeGivenReasons(tx: Transaction, workUnitIds: readonly string[]): void {
  tx.queue(sql`
    update production.given_reason g
       set ended_at = (select min(p.source_time)
                         from production.state_point p
                        where p.tenant_id = g.tenant_id
                          and p.work_unit_id = g.work_unit_id
                          and p.source_time > g.started_at
                          and p.state <> 'down')
     where g.tenant_id = ${tx.tenantId}
       and g.work_unit_id = any (${[...workUnitIds]}::uuid[])
       and g.ended_at is null
       and exists (select from production.state_point p
                    where p.tenant_id = g.tenant_id
                      and p.work_unit_id = g.work_unit_id
                      and p.source_time > g.started_at
                      and p.state <> 'down')`);
}
