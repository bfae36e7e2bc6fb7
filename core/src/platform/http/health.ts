import type { Health } from "@millwright/contracts/api";
import { sql } from "kysely";

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
      ...(await readIngest(platform)),
      jobs: await readSubscriptions(platform),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : "not reachable";
    return { database: { status: "down", detail } };
  }
}

async function readIngest(platform: Platform): Promise<Record<string, Component>> {
  const [row] = await platform.db.query(sql<{ age_s: number; broker: unknown }>`
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

async function readSubscriptions(platform: Platform): Promise<Component> {
  const rows = await platform.db.query(sql<{ name: string; behind: string }>`
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

function worst(statuses: readonly Component["status"][]): Component["status"] {
  return statuses.every((status) => status === "ok") ? "ok" : "degraded";
}
