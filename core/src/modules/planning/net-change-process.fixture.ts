import { type ChildProcess, spawn } from "node:child_process";

import { tenantIdSchema } from "@millwright/contracts/units";

import { openPlatform } from "../../platform/open-platform.ts";
import { readSite } from "../identity/index.ts";
import { makePlanJob } from "./make-plan.ts";

type Asked = { DATABASE_URL: string; TENANT_ID: string; PLAN_ID: string };

/** Makes a plan as a worker does, in a process of its own that the test may kill. */
export function makeInProcess(asked: Asked): ChildProcess {
  const env = { ...process.env, ...asked };
  return spawn(process.execPath, [import.meta.filename], { env, stdio: "inherit" });
}

if (import.meta.main) {
  const { DATABASE_URL = "", TENANT_ID, PLAN_ID = "" } = process.env;
  const platform = await openPlatform({
    process: "plan",
    databaseUrl: DATABASE_URL,
    logLevel: "silent",
  });
  const job = makePlanJob({ platform, timeZone: async (tx) => (await readSite(tx)).timeZone });
  const { signal } = new AbortController();
  const attempt = { jobId: PLAN_ID, attempt: 1, signal, progress: () => undefined };
  const tenantId = tenantIdSchema.parse(TENANT_ID);
  await job.perform({ tenantId, payload: { planId: PLAN_ID } }, attempt);
  process.exit(0);
}
