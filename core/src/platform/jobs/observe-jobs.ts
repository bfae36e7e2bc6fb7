import { Gauge } from "prom-client";

import type { Platform } from "../platform.ts";

/** Adds the queue's figures to `/metrics`; they are counted when somebody asks, at most for 2 s. */
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
    help: "1 when the queue of jobs answers",
    registers: [metrics.registry],
    collect,
  });
  const byState = new Gauge({
    name: "millwright_jobs",
    help: "Jobs by state when the queue last answered; failed ones are dead letters and want a person",
    labelNames: ["state"],
    registers: [metrics.registry],
    collect,
  });

  async function count(): Promise<void> {
    try {
      const counts = await jobs.counts({ timeoutMs: 2000 });
      for (const [state, n] of Object.entries(counts)) byState.set({ state }, n);
      isReachable.set(1);
    } catch (error) {
      log.debug({ err: error }, "the queue of jobs does not answer");
      isReachable.set(0);
    }
  }
}
