import type { SubscriptionState } from "@millwright/contracts/api";
import { iso8601Schema } from "@millwright/contracts/units";
import { type RawBuilder, sql } from "kysely";
import { Gauge } from "prom-client";

import type { Database } from "../db/database.ts";
import type { Metrics } from "../observe/metrics.ts";

type LagRow = {
  name: string;
  position: string;
  last_position: string;
  events_behind: string;
  seconds_behind: number;
  parked_events: string;
  parked_streams: string;
  is_replayable: boolean;
  replay_until: string | null;
  stalled_reason: string | null;
  stalled_time: Date | null;
  updated_time: Date;
};

/** Lag of every subscription of a database; run it in any transaction of that database. */
export const lagQuery: RawBuilder<LagRow> = sql<LagRow>`
  select name, position, last_position, events_behind, seconds_behind, parked_events, parked_streams,
         is_replayable, replay_until, stalled_reason, stalled_time, updated_time
    from platform.subscription_lag()`;

export function toSubscriptionState(row: LagRow): SubscriptionState {
  return {
    name: row.name,
    position: row.position,
    lastPosition: row.last_position,
    eventsBehind: Number(row.events_behind),
    secondsBehind: Math.round(row.seconds_behind * 10) / 10,
    parkedEvents: Number(row.parked_events),
    parkedStreams: Number(row.parked_streams),
    isReplayable: row.is_replayable,
    replayUntil: row.replay_until,
    stalledReason: row.stalled_reason,
    stalledTime: row.stalled_time === null ? null : instantOf(row.stalled_time),
    updatedTime: instantOf(row.updated_time),
  };
}

function instantOf(date: Date) {
  return iso8601Schema.parse(date.toISOString());
}

/** Adds the lag of every database's subscriptions to `/metrics`, read when somebody asks for it. */
export function measureLag(
  registry: Metrics["registry"],
  databases: () => readonly { name: string; db: Pick<Database, "query"> }[],
): void {
  let reading: ReturnType<typeof readLag> | null = null;
  for (const { name, help, value } of figures) {
    const gauge: Gauge<"subscription" | "database"> = new Gauge({
      name: `millwright_${name}`,
      help,
      labelNames: ["subscription", "database"],
      registers: [],
      async collect() {
        // The gauges of one answer share one reading.
        reading ??= readLag(databases()).finally(() => {
          reading = null;
        });
        for (const { database, row } of await reading) {
          gauge.set({ subscription: row.name, database }, value(row));
        }
      },
    });
    registry.registerMetric(gauge);
  }
}

const figures: readonly { name: string; help: string; value: (row: LagRow) => number }[] = [
  {
    name: "subscription_events_behind",
    help: "Events not digested yet; 10000 means that many or more",
    value: (row) => Number(row.events_behind),
  },
  {
    name: "subscription_seconds_behind",
    help: "Age of the oldest event that is not digested",
    value: (row) => row.seconds_behind,
  },
  {
    name: "parked_events_now",
    help: "Events that wait because one could not be digested",
    value: (row) => Number(row.parked_events),
  },
  {
    name: "subscription_stalled",
    help: "1 while every event fails and the cursor stands",
    value: (row) => (row.stalled_time === null ? 0 : 1),
  },
];

async function readLag(databases: readonly { name: string; db: Pick<Database, "query"> }[]) {
  const read = databases.map(async ({ name, db }) => {
    // A database that is away is told by health; its last figures stay.
    const rows = await db.query(lagQuery).catch(() => []);
    return rows.map((row) => ({ database: name, row }));
  });
  return (await Promise.all(read)).flat();
}
