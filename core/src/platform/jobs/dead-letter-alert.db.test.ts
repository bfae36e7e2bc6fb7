import { tenantIdSchema } from "@millwright/contracts/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { until } from "../../../../deploy/test/until.ts";
import { readNotifications } from "../notifications/notifications.ts";
import { openPlatform } from "../open-platform.ts";
import type { Platform } from "../platform.ts";
import { defineJob } from "./define-job.ts";
import { runsJobs } from "./runs-jobs.ts";

let database: TestDatabase;
let platform: Platform & AsyncDisposable;

beforeAll(async () => {
  database = await createTestDatabase();
  const databaseUrl = database.urls.worker;
  platform = await openPlatform({ process: "test", databaseUrl, logLevel: "silent" });
});
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test("a job that failed for good is one alert, one that is tried again is none", async () => {
  const tenantId = tenantIdSchema.parse(database.tenantId);
  const tries: number[] = [];
  const broken = defineJob({
    name: "test.broken",
    payload: z.object({}),
    timeoutMs: 1000,
    attempts: 2,
    backoffMs: 10,
    handle: async ({ attempt }) => {
      tries.push((await alerts()).length);
      throw new Error(`no supplier at try ${attempt}`);
    },
  });
  const alerts = async () =>
    (await platform.db.inTenant(tenantId, (tx) => readNotifications(tx, null, 10))).rows;
  const run = runsJobs(
    { ofTenants: [broken], upkeep: () => [] },
    { ...platform, restart: () => {} },
  );
  await using running = new AsyncDisposableStack();
  running.use(run(await platform.db.homeOf(tenantId)));
  await platform.jobs.enqueue(broken, { tenantId, payload: {} });
  await until("the alert", async () => (await alerts()).length > 0);
  expect(tries).toEqual([0, 0]);
  expect(await alerts()).toMatchObject([
    { kind: "job_failed", details: { job: "test.broken", reason: "no supplier at try 2" } },
  ]);
});
