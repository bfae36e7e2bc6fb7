import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { type Clock, systemClock } from "./clock.ts";
import { Databases } from "./db/databases.ts";
import { JobQueues } from "./jobs/job-queues.ts";
import { TenantCopies } from "./config/tenant-copies.ts";
import { readSettings } from "./config/tenant-settings.ts";
import { Flags } from "./flags/flags.ts";
import { createLog } from "./observe/log.ts";
import { createMetrics } from "./observe/metrics.ts";
import { startTracing } from "./observe/tracing.ts";
import type { Platform } from "./platform.ts";

/**
 * Opens everything a process of core stands on, once the schema is there (at most 60 s). Disposing it
 * closes the connections; dispose what uses it first.
 */
export async function openPlatform(options: {
  process: string;
  databaseUrl: string;
  logLevel: string;
  /** The queue of jobs; absent: the database is the queue. */
  redisUrl?: string | undefined;
  /** Collector of traces; absent: none are made. */
  otlpEndpoint?: string | undefined;
  clock?: Clock;
}): Promise<Platform & AsyncDisposable> {
  const log = createLog({ process: options.process, level: options.logLevel });
  const version = readVersion();
  await using opening = new AsyncDisposableStack();
  const endpoint = options.otlpEndpoint;
  opening.use(await startTracing({ process: options.process, version, endpoint, log }));
  const db = opening.use(await Databases.open(options.databaseUrl, { poolMax, log }));
  const clock = options.clock ?? systemClock;
  const jobs = opening.use(await JobQueues.open({ db, redisUrl: options.redisUrl, clock, log }));
  const deps = { db, listener: db.listener, log };
  const settings = opening.use(new TenantCopies("setting", readSettings, deps));
  const flags = opening.use(await Flags.open(deps));
  const opened = opening.move();
  return {
    db,
    listener: db.listener,
    log,
    jobs,
    clock,
    metrics: createMetrics(),
    settings,
    flags,
    version,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

// PostgreSQL's default is 100 connections for all processes; ten serve a plant's screens.
const poolMax = 10;

function readVersion(): string {
  const path = join(import.meta.dirname, "..", "..", "package.json");
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).version;
}
