import { type RawBuilder, sql } from "kysely";

import type { Dataset } from "./datasets.ts";

/** The rows of one day of UTC of the transaction's tenant, as a relation with the columns of the dataset. */
export function rowsOfDay(dataset: Dataset["name"], day: string): RawBuilder<unknown> {
  const from = sql`${day}::date::timestamp at time zone 'UTC'`;
  const to = sql`(${day}::date + 1)::timestamp at time zone 'UTC'`;
  if (dataset === "sample") {
    return sql`
      select metric_id, source_time, value, text_value, quality
        from telemetry.v_sample
       where source_time >= ${from}
         and source_time < ${to}`;
  }
  return sql`
    select work_unit_id, source_time, state, good, scrap, run_ms, reason_code
      from production.machine_time(${from}, ${to})`;
}
