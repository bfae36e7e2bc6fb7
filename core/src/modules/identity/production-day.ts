import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant } from "../../platform/errors.ts";

/** [from, to) in real time: 23 or 25 hours long when the clocks change. */
export type ProductionDay = { from: Date; to: Date };

/** The production day of the site that contains `now` (DOMAIN.md: day start in the site's time zone). */
export async function productionDayAt(tx: Transaction, now: Date): Promise<ProductionDay> {
  const { rows } = await sql<ProductionDay>`
    select (day + day_start) at time zone time_zone as "from",
           (day + 1 + day_start) at time zone time_zone as "to"
      from (select site_id, time_zone, day_start,
                   (${now}::timestamptz at time zone time_zone - day_start::interval)::date as day
              from identity.site) site
     order by site_id
     limit 1`.execute(tx.over());
  const [day] = rows;
  invariant(day !== undefined, "the tenant has a site");
  return day;
}
