import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { birth, readings } from "../../testing/telemetry.ts";
import { readTenantIds } from "../identity/index.ts";
import { production } from "../production/index.ts";
import { archiveUpkeep } from "./index.ts";

const { database, plant } = await plantOfFile();

test("the night archives the closed days of a database, once, and drops what is older than it is kept", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mw-night-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [metricId = ""] = await birth(database, [{ deviceId: "m", name: "flow", datatype: 10 }]);
  // The plant's clock stands at 2026-11-20 10:00: the 19th may still get what came late in the night.
  const days = ["2026-06-03", "2026-11-17", "2026-11-18", "2026-11-19"];
  await readings(
    database,
    metricId,
    days.map((day) => [`${day}T12:00:00Z`, 5, 192] as const),
  );
  const home = await plant.worker.db.homeOf(plant.tenantId);
  const deps = {
    platform: plant.worker,
    production,
    tenantIds: (of: typeof home, atMost: number) => readTenantIds({ homes: () => [of] }, atMost),
  };
  const samples = async () => {
    const { rows } = await home.db.inTenant(plant.tenantId, (tx) =>
      sql`select from telemetry.v_sample`.execute(tx.over()),
    );
    return rows.length;
  };
  expect(archiveUpkeep({ ...deps, folder: null }, home)).toEqual([]);
  const [job] = archiveUpkeep({ ...deps, folder }, home);
  const signal = AbortSignal.timeout(60_000);
  const attempt = { jobId: "night", attempt: 1, signal, progress: () => undefined };
  const night = () => job?.perform({ tenantId: null, payload: null }, attempt);
  // A day that cannot be written stops neither the days after it nor what may be dropped.
  const place = join(folder, "sample", `tenant=${plant.tenantId}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "day=2026-11-17"), "in the way");
  await expect(night()).rejects.toThrow(/^1 failed · readings of 2026-11-17 of tenant/u);
  expect(await samples()).toBe(3);
  rmSync(join(place, "day=2026-11-17"));
  expect(await night()).toEqual({ days: 1, dropped: [] });
  expect(await night()).toEqual({ days: 0, dropped: [] });
  const written = readdirSync(place).sort();
  expect(written).toEqual(days.slice(0, 3).map((day) => `day=${day}`));
});
