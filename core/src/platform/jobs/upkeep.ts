import { sql } from "kysely";

import type { Database } from "../db/database.ts";
import { forgetSettled } from "../outbox/forget-settled.ts";
import { defineUpkeep, type RegisteredJob } from "./define-job.ts";
import type { JobQueue } from "./job-queue.ts";

/**
 * What the platform does for itself by the clock (UTC) in one database. Each has upkeep of its own, so
 * that one that is away keeps no other from its.
 */
export function platformUpkeep(deps: {
  db: Pick<Database, "query">;
  queue: JobQueue;
}): RegisteredJob[] {
  const { db, queue } = deps;
  return [
    defineUpkeep({
      name: "platform.ensure_event_partitions",
      // Daily, although a month ahead suffices: two months of failures in a row are then needed to hurt.
      cron: "17 2 * * *",
      attempts: 10,
      backoffMs: 30_000,
      timeoutMs: 60_000,
      handle: async () => {
        // Also moves what a clock that jumped has put beside the months.
        await db.query(sql`select platform.keep_event_partitions(2)`);
      },
    }),
    defineUpkeep({
      name: "platform.forget_idempotency_keys",
      cron: "*/10 * * * *",
      timeoutMs: 300_000,
      handle: async ({ signal, progress }) => {
        let removed = 0;
        let isMore = true;
        while (isMore && !signal.aborted) {
          const [row] = await db.query(
            sql<{ n: number }>`select platform.forget_idempotency_keys(${keysAtOnce}) as n`,
          );
          isMore = row?.n === keysAtOnce;
          removed += row?.n ?? 0;
          if (removed > 0) progress(removed, removed, "keys removed");
        }
        return { removed };
      },
    }),
    defineUpkeep({
      name: "platform.forget_jobs",
      cron: "*/10 * * * *",
      timeoutMs: 60_000,
      handle: async () => ({ removed: await queue.forgetOld() }),
    }),
    forgetSettled({ db }),
  ];
}

// Deleted in one statement of some 100 ms, so that requests that write keys do not wait for it.
const keysAtOnce = 5000;
