import type { JobScope, JobSummary } from "@millwright/contracts/api";
import type { JobState } from "@millwright/contracts/states/tables";

import { pages } from "./queries.ts";

export type JobFilter = { state?: JobState; scope?: JobScope };

export const jobsKey = ["jobs"] as const;

/** Jobs have no live message: they are asked for each second while something moves, else each 5 s. */
export function jobsQuery(filter: JobFilter) {
  return {
    ...pages<JobSummary>([...jobsKey, filter], "/api/admin/jobs", { limit: "50", ...filter }),
    refetchInterval: (query: {
      state: { data?: { pages: { rows: JobSummary[] }[] } | undefined };
    }) => {
      const rows = query.state.data?.pages.flatMap((page) => page.rows) ?? [];
      return rows.some(({ finishedTime }) => finishedTime === null) ? movingMs : quietMs;
    },
  };
}

const movingMs = 1000;
const quietMs = 5000;
