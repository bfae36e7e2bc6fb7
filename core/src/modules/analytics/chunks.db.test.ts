import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { addTestTenant, createTestDatabase } from "../../../../deploy/test/database.ts";
import { Database } from "../../platform/db/database.ts";
import { birth, readings } from "../../testing/telemetry.ts";
import { applyRetention } from "./archive/apply-retention.ts";
import { Failures } from "./archive/failures.ts";

test("no chunk goes before an older one that may not, whoever's readings hold it", async () => {
  await using database = await createTestDatabase();
  await using other = await addTestTenant({ urls: database.home }, "shared");
  await using db = new Database(database.home.worker, { poolMax: 1, onError: () => undefined });
  const older = { ...database, day: "2026-09-08" };
  const newer = { ...other, home: database.home, day: "2026-09-15" };
  for (const store of [older, newer]) {
    const [metricId = ""] = await birth(store, [{ deviceId: "m", name: "temp", datatype: 10 }]);
    await readings(store, metricId, [[`${store.day}T12:00:00Z`, 1, 192]]);
  }
  const archived = (store: { tenantId: string }) =>
    db.inTenant(tenantIdSchema.parse(store.tenantId), (tx) =>
      sql`
        insert into analytics.archive_file
          (tenant_id, dataset, day, file, rows, checksum, bytes, version)
        select tenant_id, 'sample', day, 'file', 1, 0, 1, version
          from telemetry.v_changed_day`.execute(tx.over()),
    );
  const failures = new Failures(AbortSignal.timeout(60_000));
  const tenants = [older, newer].map((store) => ({
    tenantId: tenantIdSchema.parse(store.tenantId),
    rawDays: 2,
  }));
  const now = new Date("2026-09-27T01:00:00Z");
  await archived(newer);
  expect(await applyRetention(db, { now, tenants }, failures)).toEqual([]);
  const { rows } = await db.inTenant(tenantIdSchema.parse(newer.tenantId), (tx) =>
    sql`select raw_from from telemetry.v_metric`.execute(tx.over()),
  );
  expect(rows).toEqual([{ raw_from: null }]);
  await archived(older);
  expect(await applyRetention(db, { now, tenants }, failures)).toHaveLength(2);
  failures.throwIfAny();
});
