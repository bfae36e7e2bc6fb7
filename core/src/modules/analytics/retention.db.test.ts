import { sql } from "kysely";
import { expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { birth, readings } from "../../testing/telemetry.ts";
import { applyRetention } from "./archive/apply-retention.ts";
import { Failures } from "./archive/failures.ts";
import { forgetMetric } from "./store/archive-files.ts";

const { database, plant } = await plantOfFile();
// The plant's clock stands at 2026-11-20.
const put = (metricId: string, rawDays: number | null, version: number) =>
  plant.call("PUT", `/api/metric-retentions/${metricId}`, { rawDays }, undefined, version);

/** The manifest says that the day is archived as it is; what the file holds is another test's. */
async function archived(days: readonly string[]): Promise<void> {
  await plant.worker.db.inTenant(plant.tenantId, (tx) =>
    sql`
      insert into analytics.archive_file
        (tenant_id, dataset, day, file, rows, checksum, bytes, version)
      select tenant_id, 'sample', day, 'file of ' || day, 1, 0, 1, version
        from telemetry.v_changed_day
       where day = any (${[...days]}::date[])`.execute(tx.over()),
  );
}

test("a metric is kept for its own time, and not shorter than the archive has taken over", async () => {
  const [short = "", long = ""] = await birth(database, [
    { deviceId: "m", name: "noise", datatype: 10 },
    { deviceId: "m", name: "torque", datatype: 10 },
  ]);
  const days = ["2026-11-01", "2026-11-10", "2026-11-15", "2026-11-19"];
  for (const metricId of [short, long]) {
    await readings(
      database,
      metricId,
      days.map((day) => [`${day}T12:00:00Z`, 1, 192] as const),
    );
  }
  expect(await put(short, 7, 0)).toMatchObject({
    status: 409,
    body: { code: "metric.retention_too_short" },
  });
  await archived(["2026-11-01", "2026-11-10"]);
  expect(await put(short, 4, 0)).toMatchObject({
    status: 409,
    body: { code: "metric.retention_too_short", allowed: ["6"] },
  });
  expect(await put(short, 7, 0)).toMatchObject({ status: 200, body: { rawDays: 7, version: 1 } });
  expect(await put(short, 8, 0)).toMatchObject({ body: { code: "record.changed_meanwhile" } });
  expect(await put("999999999", 8, 0)).toMatchObject({ body: { code: "metric.unknown" } });
  expect(await plant.get("/api/metric-retentions")).toEqual({
    rows: [{ metricId: short, rawDays: 7, version: 1 }],
    defaultRawDays: 90,
    archivedBefore: "2026-11-15",
  });

  const home = await plant.worker.db.homeOf(plant.tenantId);
  const tenants = [{ tenantId: plant.tenantId, rawDays: 90 }];
  const failures = new Failures(AbortSignal.timeout(60_000));
  const keep = async (time: string) => {
    await applyRetention(home.db, { now: new Date(time), tenants }, failures);
    failures.throwIfAny();
  };
  const stored = async () =>
    plant.core.db.inTenant(plant.tenantId, async (tx) => {
      const { rows } = await sql<{ metric_id: string; n: number }>`
        select metric_id, count(*)::integer as n
          from telemetry.v_sample group by metric_id order by metric_id`.execute(tx.over());
      return Object.fromEntries(rows.map(({ metric_id, n }) => [metric_id, n]));
    });
  // One day a call, and none once the night has to end.
  const isForgotten = await home.db.inTenant(plant.tenantId, (tx) =>
    forgetMetric(tx, { metricId: short, day: "2026-11-01" }),
  );
  expect(isForgotten).toBe(true);
  expect(await stored()).toEqual({ [short]: 3, [long]: 4 });
  const ended = new Failures(AbortSignal.abort(new Error("the night is over")));
  const now = new Date("2026-11-20T01:00:00Z");
  await expect(applyRetention(home.db, { now, tenants }, ended)).rejects.toThrow("is over");
  expect(await stored()).toEqual({ [short]: 3, [long]: 4 });
  await keep("2026-11-20T01:00:00Z");
  expect(await stored()).toEqual({ [short]: 2, [long]: 4 });
  // A week later the 15th is due; it is not archived and stays.
  await keep("2026-11-27T01:00:00Z");
  expect(await stored()).toEqual({ [short]: 2, [long]: 4 });
  // Late rows make a day due again: nothing of it goes meanwhile, only the week that is whole.
  await readings(database, long, [["2026-11-10T13:00:00Z", 2, 192]]);
  await keep("2027-11-27T01:00:00Z");
  expect(await stored()).toEqual({ [short]: 2, [long]: 4 });
  expect(await put(short, null, 1)).toMatchObject({ body: { rawDays: null, version: 0 } });
});
