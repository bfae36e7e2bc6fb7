import pg from "pg";

import type { TestDatabase } from "./database.ts";

/** What the database says was stored, counted and assigned: read as the owner, for comparisons in tests. */
export function telemetryLedger(database: TestDatabase) {
  async function one(sql: string, values: unknown[] = []): Promise<Record<string, string | null>> {
    const client = new pg.Client({ connectionString: database.urls.owner });
    await client.connect();
    try {
      await client.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);
      const { rows } = await client.query<Record<string, string | null>>(sql, values);
      return rows[0] ?? {};
    } finally {
      await client.end();
    }
  }

  return {
    lastValue: async (metric: string) =>
      number(
        (
          await one(
            `select value::text as value from telemetry.v_last_value
               join telemetry.v_metric using (metric_id) where name = $1`,
            [metric],
          )
        )["value"],
      ),
    /** Sum of every counted difference, as the machine events tell it. */
    counted: async (workUnitId: string) => {
      const row = await one(
        `select coalesce(sum(d) filter (where role = 'count.good'), 0)::text as good,
                coalesce(sum(d) filter (where role = 'count.scrap'), 0)::text as scrap
           from (select payload ->> 'role' as role,
                        coalesce(payload ->> 'delta', payload ->> 'sum')::numeric as d
                   from platform.event
                  where stream = 'work_unit:' || $1
                    and type in ('machine.count_observed', 'machine.count_redistributed')) e`,
        [workUnitId],
      );
      return { good: number(row["good"]), scrap: number(row["scrap"]) };
    },
    unassigned: async (workUnitId: string) =>
      number(
        (
          await one(
            `select coalesce(sum(good + scrap), 0)::float8::text as n
               from production.unassigned_count where work_unit_id = $1`,
            [workUnitId],
          )
        )["n"],
      ),
    doubleSamples: async () =>
      number(
        (
          await one(
            `select count(*)::text as n from (select 1 from telemetry.sample
              group by metric_id, source_time having count(*) > 1) d`,
          )
        )["n"],
      ),
    gaps: async () => number((await one("select count(*)::text as n from telemetry.v_gap"))["n"]),
    missingRanges: async () =>
      number(
        (
          await one(
            "select coalesce(sum(array_length(array(select unnest(ranges)), 1)), 0)::text as n from telemetry.watermark",
          )
        )["n"],
      ),
  };
}

function number(value: string | null | undefined): number {
  return Number(value ?? "NaN");
}
