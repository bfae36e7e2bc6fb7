import pg from "pg";
import { expect, it } from "vitest";

import { createTestDatabase } from "../../../deploy/test/database.ts";

it("keeps samples in a hypertable where there is TimescaleDB, in native partitions otherwise", async () => {
  await using database = await createTestDatabase();
  const ingest = new pg.Client({ connectionString: database.urls.ingest });
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await Promise.all([ingest.connect(), owner.connect()]);
  try {
    // Inside, before and after the partitions that exist: the role that serves can store all of them.
    for (const age of ["0 days", "300 days", "-60 days"]) {
      await ingest.query(
        `insert into telemetry.sample values (-1, now() - $1::interval, 1.5, null, 192)`,
        [age],
      );
    }
    const partitioned = await ingest.query(
      "select from pg_partitioned_table where partrelid = 'telemetry.sample'::regclass",
    );
    expect(partitioned.rowCount).toBe(database.kind === "postgres" ? 1 : 0);
    // Making the weeks in which rows already lie beyond moves those rows.
    await ingest.query("call telemetry.ensure_sample_partitions(current_date + 50, 3)");
    await ingest.query("call telemetry.ensure_sample_partitions(current_date + 50, 3)");
    const { rows } = await ingest.query("select count(*)::int as n from telemetry.sample");
    expect(rows).toEqual([{ n: 3 }]);
    if (database.kind === "postgres") {
      // Only the owner sees a partition by itself.
      const beyond = await owner.query("select from telemetry.sample_beyond");
      expect(beyond.rowCount).toBe(1);
    }
  } finally {
    await ingest.end();
    await owner.end();
  }
});
