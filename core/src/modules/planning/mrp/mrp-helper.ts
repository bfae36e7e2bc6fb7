import type { ThreadTask } from "../../../platform/threads/run-in-thread.ts";
import { planAlong, type SharedRun } from "../engine/mrp/crew.ts";

/** Helps a run of MRP; what it does stands in the memory that both share. */
export const run: ThreadTask<SharedRun, null> = (shared) => {
  planAlong(shared);
  return null;
};
