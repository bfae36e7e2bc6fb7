import type { Health } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Database } from "../db/database.ts";
import type { JobQueue } from "../jobs/job-queue.ts";
import type { Platform } from "../platform.ts";

type Component = Health["components"][string];

/** What is there and what is not, as `/api/health` says it; never throws. */
export async function readHealth(platform: Platform): Promise<Health> {
  const components = await readComponents(platform);
  const statuses = Object.values(components).map((component) => component.status);
  const status = components["database"]?.status === "down" ? "down" : worst(statuses);
  return { status, version: platform.version, components };
}

async function readComponents(platform: Platform): Promise<Record<string, Component>> {
  try {
    const [server] = await platform.db.query(sql<{ server: string; timescale: string | null }>`
      select current_setting('server_version') as server,
             (select extversion from pg_extension where extname = 'timescaledb') as timescale`);
    return {
      database: { status: "ok", detail: `PostgreSQL ${server?.server ?? ""}` },
      timescale: {
        status: "ok",
        detail: server?.timescale ?? "not installed: native range partitions are used instead",
      },
      ...(await readIngest(platform.db.installation.db)),
      subscriptions: await readSubscriptions(platform.db.installation.db),
      jobs: await inTime(readJobs(platform.jobs.at(platform.db.installation))),
      ...(await readTenantDatabases(platform)),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : "not reachable";
    return { database: { status: "down", detail } };
  }
}

/** One component per database of the registry: one that is away takes down its tenants only. */
async function readTenantDatabases({ db, jobs }: Platform): Promise<Record<string, Component>> {
  const components = db.residences().map(async ({ name, home, problem }) => {
    const component =
      home === null
        ? { status: "degraded" as const, detail: `away: ${problem ?? "not opened yet"}` }
        : await inTime(readTenantDatabase(home.db, jobs.at(home)));
    return [`database ${name}`, component] as const;
  });
  return Object.fromEntries(await Promise.all(components));
}

async function readTenantDatabase(db: Database, queue: JobQueue): Promise<Component> {
  const { ingest } = await readIngest(db);
  const subscriptions = await readSubscriptions(db);
  const jobs = await readJobs(queue);
  const isOk = ingest?.status === "ok" && subscriptions.status === "ok";
  return {
    status: isOk ? "ok" : "degraded",
    detail: `ingest: ${ingest?.detail}; ${subscriptions.detail}; jobs ${jobs.detail}`,
  };
}

/** A database that hangs must not make health hang. */
async function inTime(reading: Promise<Component>): Promise<Component> {
  const { promise: late, resolve } = Promise.withResolvers<Component>();
  const say = (why: string) => resolve({ status: "degraded", detail: `away: ${why}` });
  const timer = setTimeout(() => say(`no answer in ${answerMs / 1000} s`), answerMs);
  const failed = (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    return late;
  };
  try {
    return await Promise.race([reading.catch(failed), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readIngest(db: Database): Promise<Record<string, Component>> {
  const [row] = await db.query(sql<{ age_s: number; broker: unknown }>`
    select extract(epoch from now() - seen_time)::double precision as age_s,
           detail -> 'broker' as broker
      from telemetry.ingest_status
     order by seen_time desc
     limit 1`);
  if (row === undefined) {
    return { ingest: { status: "degraded", detail: "has not been seen yet" } };
  }
  if (row.age_s > ingestSilenceS) {
    const detail = `silent for ${Math.round(row.age_s)} s`;
    return { ingest: { status: "degraded", detail }, broker: { status: "degraded", detail } };
  }
  const broker = typeof row.broker === "string" ? row.broker : JSON.stringify(row.broker ?? "ok");
  return {
    ingest: { status: "ok", detail: "receiving" },
    broker: { status: "ok", detail: broker },
  };
}

async function readJobs(queue: JobQueue): Promise<Component> {
  const { waiting, delayed, active, failed } = await queue.counts();
  const place = queue.kind === "redis" ? "Redis" : "the database";
  const detail = `in ${place}: ${active} active, ${waiting} waiting, ${delayed} for later, ${failed} dead letters`;
  return { status: "ok", detail };
}

async function readSubscriptions(db: Database): Promise<Component> {
  const rows = await db.query(sql<{ name: string; behind: string }>`
    select name, greatest(platform.last_position() - position, 0) as behind
      from platform.subscription
     order by name`);
  const detail = rows.map((row) => `${row.name}: ${row.behind} positions behind`).join("; ");
  return {
    status: rows.length === 0 ? "degraded" : "ok",
    detail: detail || "no worker has run yet",
  };
}

// Ingest writes its row every 2 s; five missed ones are not a hiccup.
const ingestSilenceS = 10;
const answerMs = 2_000;

function worst(statuses: readonly Component["status"][]): Component["status"] {
  return statuses.every((status) => status === "ok") ? "ok" : "degraded";
}
