import { tenantIdSchema } from "@millwright/contracts/units";

import { Database } from "../../platform/db/database.ts";
import { uuidV7 } from "../../platform/ids.ts";
import { production } from "../production/index.ts";
import { applyRetention } from "./archive/apply-retention.ts";
import { archiveMachineTime, archiveSamples, openArchive } from "./archive/archive-days.ts";
import { Failures } from "./archive/failures.ts";

/**
 * The night's work by itself, as a process of its own group that dies at the n-th step: for the test of
 * what is left. Arguments: database url, tenant, folder, the day of today, step to die at (0: none).
 */
const [url = "", tenant = "", folder = "", today = "", dieAt = "0"] = process.argv.slice(2);
const tenantId = tenantIdSchema.parse(tenant);
let steps = 0;
const step = () => {
  steps += 1;
  // The child dies with us, in the middle of what it does next.
  if (steps === Number(dieAt)) process.kill(-process.pid, "SIGKILL");
};
await using db = new Database(url, { poolMax: 2, onError: () => undefined });
const now = new Date(`${today}T01:00:00Z`);
const signal = AbortSignal.timeout(60_000);
const failures = new Failures(signal);
const deps = {
  db,
  production,
  folder,
  newId: () => uuidV7(new Date()),
  signal,
  failures,
  onStep: step,
};
await openArchive(deps, [tenantId]);
await archiveSamples(deps, tenantId, today);
await archiveMachineTime(deps, tenantId, "2024-06-01");
await applyRetention(db, { now, tenants: [{ tenantId, rawDays: 2 }] }, failures);
failures.throwIfAny();
step();
process.send?.({ steps });
