import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";
import { Gauge } from "prom-client";

import type { SettingValues } from "../config/setting-registry.ts";
import type { Transaction } from "../db/transaction.ts";
import type { Platform } from "../platform.ts";

/** A figure of the business, read from the database of each tenant. */
export type TenantFigure = {
  /** `millwright_<what>_<unit>`. */
  readonly name: string;
  readonly help: string;
  readonly read: (tx: Transaction, at: { now: Date; settings: SettingValues }) => Promise<number>;
};

type Observed = Pick<Platform, "db" | "clock" | "log" | "metrics" | "settings">;
type Options = {
  tenantIds: (atMost: number) => Promise<readonly TenantId[]>;
  figures: readonly TenantFigure[];
};

/**
 * Adds the figures that are the same in whichever process one asks: of the business per tenant, of
 * ingest, and of the subscriptions. They are read when somebody scrapes, at most every 10 s, whoever
 * asks; while the database is away the last ones stay and their age says so.
 */
export function observeFigures(platform: Observed, { tenantIds, figures }: Options): void {
  const { registry } = platform.metrics;
  const all = [...figures, ...telemetryFigures];
  let current: Readings = { ofTenants: [], ingest: [], subscriptions: [], readMs: 0 };
  let reading: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    try {
      current = await readAll(platform, tenantIds, all);
    } catch (error) {
      platform.log.warn({ err: error }, "figures cannot be read");
    }
  };
  const refresh = async (): Promise<void> => {
    if (current.readMs > 0 && performance.now() - current.readMs < keptMs) return;
    reading ??= read().finally(() => {
      reading = null;
    });
    await reading;
  };
  const gauge = <L extends string>(
    described: { name: string; help: string; labelNames: readonly L[] },
    values: () => readonly { labels: Record<L, string>; value: number }[],
  ) => {
    const made = new Gauge({
      ...described,
      registers: [],
      async collect() {
        await refresh();
        this.reset();
        for (const { labels, value } of values()) this.set(labels, value);
      },
    });
    registry.registerMetric(made);
  };

  for (const { name, help } of all) {
    gauge({ name, help, labelNames: ["tenant"] }, () =>
      current.ofTenants.flatMap(({ tenantId, values }) => {
        const value = values.get(name);
        return value === undefined ? [] : [{ labels: { tenant: tenantId }, value }];
      }),
    );
  }
  const ofRows = <L extends string, Row extends Record<L, string>>(
    labelNames: readonly L[],
    figuresOfRow: readonly RowFigure<Row>[],
    rows: () => readonly Row[],
  ) => {
    for (const { name, help, of } of figuresOfRow) {
      gauge({ name, help, labelNames }, () =>
        rows().map((row) => ({ labels: labelsOf(row, labelNames), value: of(row) })),
      );
    }
  };
  ofRows(["host"], ingestFigures, () => current.ingest);
  ofRows(["database", "subscription"], subscriptionFigures, () => current.subscriptions);
  gauge(
    {
      name: "millwright_figures_age_seconds",
      help: "Age of the figures that are read from the database; it grows while that is away",
      labelNames: [],
    },
    () => [
      { labels: {}, value: current.readMs === 0 ? 0 : (performance.now() - current.readMs) / 1000 },
    ],
  );
}

// Prometheus asks every 15 s as a rule; two of them, or an impatient person, share one reading.
const keptMs = 10_000;
// The label `tenant` has at most so many values; those of a larger installation have a process each.
const tenantsMax = 20;
const subscriptionsMax = 200;

type Readings = {
  readonly ofTenants: readonly { tenantId: TenantId; values: ReadonlyMap<string, number> }[];
  readonly ingest: readonly IngestRow[];
  readonly subscriptions: readonly SubscriptionRow[];
  /** On the process's monotonic clock. */
  readonly readMs: number;
};

const telemetryFigures: readonly TenantFigure[] = [
  {
    name: "millwright_gaps",
    help: "Rows of the gap ledger: stretches of messages that can never come",
    read: (tx) => readNumber(tx, sql`select count(*) as n from telemetry.v_gap`),
  },
  {
    name: "millwright_gap_messages",
    help: "Messages in the stretches of the gap ledger",
    read: (tx) =>
      readNumber(
        tx,
        sql`select coalesce(sum(last_offset - first_offset + 1), 0) as n from telemetry.v_gap`,
      ),
  },
  {
    name: "millwright_dead_letters",
    help: "Messages of the tenant's sites that could not be used; the newest 100,000 are kept",
    read: (tx) => readNumber(tx, sql`select count(*) as n from telemetry.v_dead_letter`),
  },
];

/** A number of a row that the figures of one table are read from. */
type RowFigure<Row> = {
  readonly name: string;
  readonly help: string;
  readonly of: (row: Row) => number;
};

function labelsOf<L extends string>(row: Record<L, string>, names: readonly L[]) {
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Record<L, string>;
}

type IngestRow = { host: string; silentS: number; lagS: number; queueRows: number };

const ingestFigures: readonly RowFigure<IngestRow>[] = [
  {
    name: "millwright_ingest_silent_seconds",
    help: "Time since ingest was last seen; it reports every 2 s",
    of: ({ silentS }) => silentS,
  },
  {
    name: "millwright_ingest_lag_seconds",
    help: "Age of the oldest message ingest had not stored when it was last seen",
    of: ({ lagS }) => lagS,
  },
  {
    name: "millwright_ingest_waiting_rows",
    help: "Rows ingest had not stored when it was last seen",
    of: ({ queueRows }) => queueRows,
  },
];

type SubscriptionRow = {
  database: string;
  subscription: string;
  behind: number;
  parked: number;
  stalledS: number;
};

const subscriptionFigures: readonly RowFigure<SubscriptionRow>[] = [
  {
    name: "millwright_subscription_lag_positions",
    help: "Positions of the event log a subscription has not looked at yet",
    of: ({ behind }) => behind,
  },
  {
    name: "millwright_parked_events",
    help: "Events that wait because one of their stream cannot be digested",
    of: ({ parked }) => parked,
  },
  {
    name: "millwright_subscription_stalled_seconds",
    help: "Time since every event of a subscription fails; 0 when it works",
    of: ({ stalledS }) => stalledS,
  },
];

async function readAll(
  platform: Observed,
  tenantIds: Options["tenantIds"],
  figures: readonly TenantFigure[],
): Promise<Readings> {
  const readMs = performance.now();
  const ofTenants: { tenantId: TenantId; values: Map<string, number> }[] = [];
  // One after the other: figures must not take the connections that screens need.
  for (const tenantId of await tenantIds(tenantsMax)) {
    ofTenants.push({ tenantId, values: await readTenant(platform, tenantId, figures) });
  }
  return {
    ofTenants,
    ingest: await readIngest(platform),
    subscriptions: await readSubscriptions(platform),
    readMs,
  };
}

async function readTenant(
  { db, clock, settings, log }: Observed,
  tenantId: TenantId,
  figures: readonly TenantFigure[],
): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  try {
    const at = { now: clock.now(), settings: await settings.of(tenantId) };
    await db.inSnapshot(tenantId, async (tx) => {
      for (const { name, read } of figures) values.set(name, await read(tx, at));
    });
  } catch (error) {
    // One company's database may be away; the others have their figures.
    log.warn({ err: error, tenantId }, "figures of a tenant cannot be read");
  }
  return values;
}

async function readIngest({ db }: Observed): Promise<IngestRow[]> {
  return db.query(sql<IngestRow>`
    select host_id as host,
           greatest(extract(epoch from now() - seen_time), 0)::double precision as "silentS",
           coalesce((detail ->> 'lagMs')::double precision, 0) / 1000 as "lagS",
           coalesce((detail ->> 'queueDepth')::double precision, 0) as "queueRows"
      from telemetry.ingest_status
     order by seen_time desc
     limit 20`);
}

async function readSubscriptions({ db }: Observed): Promise<SubscriptionRow[]> {
  const found: SubscriptionRow[] = [];
  for (const home of db.homes()) {
    const rows = await home.db.query(sql<Omit<SubscriptionRow, "database">>`
      select name as subscription,
             greatest(platform.last_position() - position, 0)::double precision as behind,
             platform.parked_count(name)::double precision as parked,
             coalesce(extract(epoch from now() - stalled_time), 0)::double precision as "stalledS"
        from platform.subscription
       order by name
       limit ${subscriptionsMax}`);
    found.push(...rows.map((row) => ({ ...row, database: home.name })));
  }
  return found.slice(0, subscriptionsMax);
}

/** The number that a statement calls `n`; 0 when it has no row. */
export async function readNumber(
  tx: Transaction,
  statement: ReturnType<typeof sql>,
): Promise<number> {
  const { rows } = await statement.execute(tx.over());
  const [row] = rows as { n: string }[];
  return Number(row?.n ?? 0);
}
