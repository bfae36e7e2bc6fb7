import { Gauge } from "prom-client";

import type { Platform } from "../platform.ts";

/** Adds the queues' figures to `/metrics`; they are counted when somebody asks, at most for 2 s. */
export function observeJobs({
  jobs,
  metrics,
  log,
}: Pick<Platform, "jobs" | "metrics" | "log">): void {
  let counting: Promise<void> | null = null;
  // Both gauges are collected at once and share one count.
  const collect = () => {
    counting ??= count().finally(() => {
      counting = null;
    });
    return counting;
  };
  const isReachable = new Gauge({
    name: "millwright_job_queue_up",
    help: "1 when the queue of jobs of a database answers",
    labelNames: ["database"],
    registers: [metrics.registry],
    collect,
  });
  const byState = new Gauge({
    name: "millwright_jobs",
    help: "Jobs by state in all queues that answer; failed ones are dead letters and want a person",
    labelNames: ["state"],
    registers: [metrics.registry],
    collect,
  });

  async function count(): Promise<void> {
    const sums = new Map<string, number>();
    isReachable.reset();
    await Promise.all(
      jobs.byDatabase().map(async ({ name, queue }) => {
        try {
          const counts = await queue.counts({ timeoutMs: 2000 });
          for (const [state, n] of Object.entries(counts)) {
            sums.set(state, (sums.get(state) ?? 0) + n);
          }
          isReachable.set({ database: name }, 1);
        } catch (error) {
          log.debug({ err: error, database: name }, "the queue of jobs does not answer");
          isReachable.set({ database: name }, 0);
        }
      }),
    );
    for (const [state, n] of sums) byState.set({ state }, n);
  }
}
