import { jobStates } from "@millwright/contracts/states/tables";

import type { JobFilter } from "../api/job-queries.ts";

/** Reads what the jobs page shows out of a URL; what it does not understand it leaves out. */
export function readJobFilter(search: Record<string, unknown>): JobFilter {
  const state = jobStates.find((one) => one === search["state"]);
  return {
    ...(state !== undefined && { state }),
    ...(search["scope"] === "installation" && { scope: "installation" as const }),
  };
}
