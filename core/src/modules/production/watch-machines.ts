import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { raiseAlert } from "../../platform/notifications/raise-alert.ts";
import { DueLoop } from "../../platform/due-loop.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";

type Deps = {
  platform: Pick<Platform, "db" | "clock" | "log" | "settings">;
  equipment: Equipment;
  tenantIds: (atMost: number) => Promise<readonly TenantId[]>;
};

/**
 * Raises an alert for each machine that is down longer than the company's setting, until disposed.
 * Several processes may: a stretch of downtime is one alert.
 */
export function machineWatch(deps: Deps): DueLoop {
  const { log } = deps.platform;
  return new DueLoop({
    name: "machines",
    everyMs,
    log,
    work: async (signal) => {
      // One company after the other: it is not worth the connections that screens need.
      for (const tenantId of await deps.tenantIds(tenantsMax)) {
        if (signal.aborted) break;
        await watchTenant(deps, tenantId).catch((error: unknown) =>
          log.warn({ err: error, tenantId }, "machines of a company cannot be watched"),
        );
      }
      return false;
    },
  });
}

/** One look at the machines of a company. */
export async function watchTenant(deps: Omit<Deps, "tenantIds">, tenantId: TenantId) {
  const { db, clock, settings } = deps.platform;
  const minutes = (await settings.of(tenantId))["alert.machine_down_minutes"];
  if (minutes === 0) return;
  const before = new Date(clock.now().getTime() - minutes * 60_000);
  await db.inTenant(tenantId, async (tx) => {
    const centers = await deps.equipment.workCenters(tx);
    const names = new Map(
      centers.flatMap(({ workUnits }) => workUnits.map((unit) => [unit.workUnitId, unit.name])),
    );
    for (const { workUnitId, since } of await readDown(tx, [...names.keys()], before)) {
      await raiseAlert(tx, {
        kind: "machine_down",
        key: `machine_down:${workUnitId}:${since.toISOString()}`,
        details: {
          machine: names.get(workUnitId) ?? workUnitId,
          workUnitId,
          since: since.toISOString(),
        },
      });
    }
  });
}

/** Machines that are down since before an instant; points that repeat the state begin nothing anew. */
async function readDown(tx: Transaction, workUnitIds: readonly string[], before: Date) {
  const { rows } = await sql<{ work_unit_id: string; since: Date }>`
    select down.work_unit_id, began.since
      from (select wanted.work_unit_id
              from unnest(${[...workUnitIds]}::uuid[]) as wanted (work_unit_id)
             cross join lateral (
               select state
                 from production.state_point p
                where p.tenant_id = ${tx.tenantId}
                  and p.work_unit_id = wanted.work_unit_id
                order by source_time desc
                limit 1) latest
             where latest.state = 'down') as down
     cross join lateral (
       select min(p.source_time) as since
         from production.state_point p
        where p.tenant_id = ${tx.tenantId}
          and p.work_unit_id = down.work_unit_id
          and p.source_time > coalesce((
                select q.source_time
                  from production.state_point q
                 where q.tenant_id = ${tx.tenantId}
                   and q.work_unit_id = down.work_unit_id
                   and q.state <> 'down'
                 order by q.source_time desc
                 limit 1), '-infinity')) as began
     where began.since <= ${before}
     limit ${alertsMax}`.execute(tx.over());
  return rows.map((row) => ({ workUnitId: row.work_unit_id, since: row.since }));
}

// A quarter of a minute late is nothing against minutes of downtime.
const everyMs = 15_000;
const tenantsMax = 1000;
// More machines down at once are one event, seen on the plant page; the next round has the others.
const alertsMax = 100;
