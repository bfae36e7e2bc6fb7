import { hostname } from "node:os";

import { configValueSchema, describeSettings, type ProcessConfig } from "@millwright/contracts/api";
import { sql } from "kysely";
import { z } from "zod";

import type { Platform } from "../platform.ts";

/**
 * Tells the installation what this process runs with, now and every 30 s, until disposed: then the row
 * goes. A process that was killed is forgotten after a day. Masked before it leaves the process.
 */
export async function publishConfig(
  platform: Pick<Platform, "db" | "log" | "version">,
  options: {
    process: string;
    declared: z.ZodObject;
    environment: Readonly<Record<string, string | undefined>>;
  },
): Promise<AsyncDisposable> {
  const settings = describeSettings(options.declared, options.environment);
  const instance = `${hostname()} ${process.pid}`;
  const { db, log, version } = platform;
  const tell = async () => {
    await db.inInstallation(async (tx) => {
      await sql`
        insert into platform.process_config (process, instance, version, settings)
        values (${options.process}, ${instance}, ${version}, ${JSON.stringify(settings)}::jsonb)
        on conflict (process, instance) do update
           set version = excluded.version, settings = excluded.settings, seen_time = now()
      `.execute(tx.over());
      await sql`
        delete from platform.process_config where seen_time < now() - interval '1 day'`.execute(
        tx.over(),
      );
    });
  };
  await tell();
  const timer = setInterval(() => {
    tell().catch((error: unknown) => log.warn({ err: error }, "settings are not told"));
  }, tellMs);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await db
        .inInstallation((tx) =>
          sql`
            delete from platform.process_config
             where process = ${options.process} and instance = ${instance}`.execute(tx.over()),
        )
        .catch(() => undefined);
    },
  };
}

const tellMs = 30_000;

/** Every process that was heard of in the last day; ingest tells its own in telemetry.ingest_status. */
export async function readProcessConfigs(db: Platform["db"]): Promise<ProcessConfig[]> {
  const rows = await db.query(sql<Row>`
    select process, instance, version, started_time as "startedTime", seen_time as "seenTime", settings
      from platform.process_config
    union all
    select 'ingest', host_id, '', started_time, seen_time, detail -> 'settings'
      from telemetry.ingest_status
     where seen_time > now() - interval '1 day'
     order by 1, 2
     limit ${processesMax}`);
  return rows.map((row) => ({
    ...row,
    startedTime: row.startedTime.toISOString(),
    seenTime: row.seenTime.toISOString(),
    settings: z.array(configValueSchema).catch([]).parse(row.settings),
  }));
}

type Row = Omit<ProcessConfig, "startedTime" | "seenTime" | "settings"> & {
  startedTime: Date;
  seenTime: Date;
  settings: unknown;
};

// More processes than this are not one page any more.
const processesMax = 200;
