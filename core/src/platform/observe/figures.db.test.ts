import type { WorkOrder } from "@millwright/contracts/api";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { type TestDatabase } from "../../../../deploy/test/database.ts";
import { readTenantIds } from "../../modules/identity/index.ts";
import { productionFigures } from "../../modules/production/index.ts";
import { makeLine } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { Database } from "../db/database.ts";
import { observeFigures } from "./figures.ts";
import { createMetrics } from "./metrics.ts";

const { database, plant } = await plantOfFile();

test("late orders, the gap ledger, dead letters, ingest and subscriptions are told per company", async () => {
  const { item } = await makeLine(plant, ["saw"]);
  const draft = (dueDate: string) =>
    plant.post<WorkOrder>("/api/work-orders", { itemId: item.itemId, quantity: "1", dueDate });
  await draft("2026-11-20T09:30:00Z");
  await draft("2026-11-20T09:59:00Z");
  await draft("2026-11-21T10:00:00Z");
  await asIngest(database);
  const told = await scrape();
  expect(told.get(`millwright_work_orders_late{tenant="${plant.tenantId}"}`)).toBe(2);
  expect(told.get(`millwright_gaps{tenant="${plant.tenantId}"}`)).toBe(1);
  expect(told.get(`millwright_gap_messages{tenant="${plant.tenantId}"}`)).toBe(11);
  expect(told.get(`millwright_dead_letters{tenant="${plant.tenantId}"}`)).toBe(1);
  expect(told.get('millwright_ingest_lag_seconds{host="h"}')).toBe(1.5);
  expect(told.get('millwright_ingest_silent_seconds{host="h"}')).toBeGreaterThanOrEqual(60);

  const late = { value: 15 };
  await plant.call("PUT", "/api/admin/settings/work_order.late_grace_minutes", late, undefined, 0);
  const withGrace = await scrape();
  expect(withGrace.get(`millwright_work_orders_late{tenant="${plant.tenantId}"}`)).toBe(1);
});

test("a scrape right after another one asks the database nothing", async () => {
  let asked = 0;
  const metrics = observed(() => {
    asked += 1;
  });
  await Promise.all([metrics.registry.metrics(), metrics.registry.metrics()]);
  await metrics.registry.metrics();
  expect(asked).toBe(1);
});

/** The figures as a new process tells them. */
async function scrape(): Promise<Map<string, number>> {
  const text = await observed(() => undefined).registry.metrics();
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^(millwright_\S+) (\S+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(value)] as const];
    }),
  );
}

function observed(onAsked: () => void) {
  const metrics = createMetrics();
  const { db, clock, log, settings } = plant.core;
  observeFigures(
    { db, clock, log, settings, metrics },
    {
      figures: productionFigures,
      tenantIds: (atMost) => {
        onAsked();
        return readTenantIds(db, atMost);
      },
    },
  );
  return metrics;
}

async function asIngest({ urls, tenantId }: TestDatabase): Promise<void> {
  await using db = new Database(urls.ingest, { poolMax: 1, onError: () => undefined });
  await db.inTenant(plant.tenantId, async (tx) => {
    await sql`
      insert into telemetry.gap
        (tenant_id, group_id, edge_node_id, epoch, first_offset, last_offset, reason)
      values (${tenantId}, 'g', 'e', 'x', 10, 20, 'log lost')`.execute(tx.over());
    await sql`
      insert into telemetry.dead_letter (tenant_id, topic, reason, payload, bytes_total)
      values (${tenantId}, 't', 'not sparkplug', '', 0)`.execute(tx.over());
    await sql`
      insert into telemetry.ingest_status (host_id, started_time, seen_time, detail)
      values ('h', now(), now() - interval '1 minute', '{"lagMs": 1500, "queueDepth": 7}')`.execute(
      tx.over(),
    );
  });
}
