import { type ChildProcess, fork } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

import pg from "pg";

import type { TestDatabase } from "../test/database.ts";
import type { PlantProcess } from "../test/plant.ts";
import { metricName, type PublisherOptions } from "./publisher.ts";

/** Names and tokens for gateways of a load; `registerNodes` makes them known. */
export function newNodes({ groupId }: TestDatabase, count: number): PublisherOptions["nodes"] {
  return Array.from({ length: count }, () => ({
    groupId,
    edgeNodeId: `bench-${randomUUID()}`,
    token: randomBytes(24).toString("base64url"),
  }));
}

/** The load in a process of its own, born and ready; send it "go", and "end" or kill it afterwards. */
export async function startPublisher(options: PublisherOptions): Promise<ChildProcess> {
  const publisher = fork(join(import.meta.dirname, "publisher.ts"), [JSON.stringify(options)]);
  await message(publisher, "ready");
  return publisher;
}

/**
 * Resolves when every node's watermark has reached its last offset: committed, not just received. Looks
 * every `lookEveryMs`: what is measured beside it should not feel it.
 */
export async function everythingStored(
  db: TestDatabase,
  options: PublisherOptions,
  ingest: PlantProcess,
  { deadlineMs = 300_000, lookEveryMs = 10 } = {},
): Promise<void> {
  await using client = await connect(db);
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    const { rows } = await client.query<{ done: string }>(
      `select count(*) as done from telemetry.watermark
        where edge_node_id = any ($1) and contiguous >= $2`,
      [options.nodes.map((node) => node.edgeNodeId), options.messagesPerNode],
    );
    if (Number(rows[0]?.done) === options.nodes.length) return;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error(`not everything was stored within ${deadlineMs / 1000} s\n${ingest.output}`);
}

/** Gateways with their bindings, as an installation has them before its first message. */
export async function registerNodes(db: TestDatabase, options: PublisherOptions): Promise<void> {
  await using client = await connect(db);
  await client.query("begin");
  await client.query("select set_config('app.tenant_id', $1, true)", [db.tenantId]);
  const [areaId, centerId] = [randomUUID(), randomUUID()];
  await client.query(
    `insert into equipment.area (area_id, tenant_id, site_id, name) values ($1, $2, $3, $4)`,
    [areaId, db.tenantId, db.siteId, `Bench ${areaId}`],
  );
  await client.query(
    `insert into equipment.work_center (work_center_id, tenant_id, area_id, name)
     values ($1, $2, $3, 'bench')`,
    [centerId, db.tenantId, areaId],
  );
  for (const node of options.nodes) {
    await client.query(
      `insert into equipment.edge_node (group_id, edge_node_id, tenant_id, site_id, token_sha256)
       values ($1, $2, $3, $4, $5)`,
      [
        node.groupId,
        node.edgeNodeId,
        db.tenantId,
        db.siteId,
        createHash("sha256").update(node.token).digest(),
      ],
    );
    for (let index = 0; index < options.countMetrics + options.stateMetrics; index += 1) {
      const workUnitId = randomUUID();
      await client.query(
        `insert into equipment.work_unit (work_unit_id, tenant_id, work_center_id, name)
         values ($1, $2, $3, $4)`,
        [workUnitId, db.tenantId, centerId, `Unit ${workUnitId}`],
      );
      await client.query(
        `insert into equipment.binding
           (binding_id, tenant_id, work_unit_id, group_id, edge_node_id, device_id, metric_name,
            role, value_map, valid_from)
         values (gen_random_uuid(), $1, $2, $3, $4, 'machine', $5, $6, $7, now() - interval '1 day')`,
        [
          db.tenantId,
          workUnitId,
          node.groupId,
          node.edgeNodeId,
          metricName(options, index),
          index < options.countMetrics ? "count.good" : "state",
          { "0": "idle", "1": "producing", "2": "down" },
        ],
      );
    }
  }
  await client.query("commit");
}

export async function connect(db: TestDatabase): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: db.urls.owner });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** Waits for one of the publisher's own messages. */
export async function message(child: ChildProcess, type: string): Promise<void> {
  for (;;) {
    const [received]: unknown[] = await once(child, "message", {
      signal: AbortSignal.timeout(120_000),
    });
    if (JSON.stringify(received) === JSON.stringify({ type })) return;
  }
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function quantile(numbers: readonly number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
