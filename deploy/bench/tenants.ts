import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import type { Item, Plan } from "@millwright/contracts/api";
import { DataType, encodePayload, formatTopic, metric } from "@millwright/contracts/sparkplug";
import mqtt from "mqtt";
import pg from "pg";

import { inParallel } from "../../core/src/platform/partners/in-parallel.ts";
import { kindFromEnvironment } from "../database/server.ts";
import { apiClient } from "../test/api.ts";
import { addTestTenant, createTestDatabase, type TestTenant } from "../test/database.ts";
import { eventually, startPlant } from "../test/plant.ts";
import { announce, startTestServer } from "../test/server.ts";

/**
 * bench:tenants: that many companies, each in a database of its own, behind one ingest, one core and one
 * worker. Every one registers a gateway, whose birth ingest stores; drafts an order; and asks for a
 * plan, which is an event, a subscription and a job of its own database. Prints `{tenants, seconds,
 * connections_rest, connections_max, connections_per_tenant, …_rss_mb}`. Fails when a company's work is
 * not done, or when there are more connections than decision 0011 allows for.
 */
const { values } = parseArgs({ options: { tenants: { type: "string", default: "50" } } });
const tenantCount = Number(values.tenants);
// Decision 0011: by construction of the pools; the installation's database has the larger ones.
const connectionsMax = 20 * tenantCount + 60;
const restMax = 10 * tenantCount + 60;
/** A company works as people do: not all in the same second. */
const atATime = 8;
const workMsMax = 60_000;

const { server, stop } = await startTestServer(kindFromEnvironment(), {
  connectionsMax: connectionsMax + 40,
});
announce("timescale", server);
announce("postgres", server);
try {
  const database = await createTestDatabase({ isolation: "shared" });
  const tenants: TestTenant[] = [];
  for (let n = 0; n < tenantCount; n += 1) tenants.push(await addTestTenant(database, "database"));
  await using plant = await startPlant({ database });
  const processes = [plant.ingest, plant.core, plant.worker];
  await using connections = await watchConnections(server.superuserUrl);
  const started = performance.now();
  await inParallel(tenants, atATime, (tenant) => work(tenant, plant));
  const seconds = (performance.now() - started) / 1000;
  // Connections of pools close two seconds after their last use, ingest's after ten.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const rest = await connections.now();
  const most = connections.most();
  const rss = processes.map(({ name, pid }) => [`${name}_rss_mb`, rssMbOf(pid)] as const);
  console.log(
    JSON.stringify({
      tenants: tenantCount,
      seconds: Number(seconds.toFixed(1)),
      connections_rest: sum(rest),
      connections_max: most,
      connections_allowed: connectionsMax,
      connections_per_tenant: Number((sum(rest) / tenantCount).toFixed(1)),
      by_role_at_rest: rest,
      ...Object.fromEntries(rss),
      server: server.kind,
    }),
  );
  if (most > connectionsMax) throw new Error(`${most} connections, ${connectionsMax} are allowed`);
  if (sum(rest) > restMax) throw new Error(`${sum(rest)} at rest, ${restMax} are allowed`);
} finally {
  await stop();
}

type Where = { coreUrl: string; mqttPort: number };

async function work(tenant: TestTenant, { coreUrl, mqttPort }: Where): Promise<void> {
  const api = apiClient(coreUrl, tenant.apiKey);
  const { workCenterId } = await api.post<{ workCenterId: string }>("/api/work-centers", {
    areaName: "Hall",
    name: "Saw",
  });
  const item = await api.post<Item>("/api/items", {
    number: "BR-100",
    name: "Bracket",
    kind: "make",
    uom: "pc",
    operations: [{ step: 10, name: "Saw", workCenterId, runMsPerUnit: 50, setupMs: 0 }],
  });
  await api.post("/api/work-orders", { itemId: item.itemId, quantity: "5" });
  const gateway = await api.post<Gateway>("/api/edge-nodes", { edgeNodeId: "gateway-1" });
  const { planId } = await api.post<Plan>("/api/planning/mrp-runs");
  await bear(gateway, mqttPort);
  await eventually(
    `the birth of ${tenant.groupId} is stored`,
    async () => {
      const { rows } = await api.get<{ rows: { name: string }[] }>("/api/metrics");
      return rows.some(({ name }) => name === "speed") ? true : null;
    },
    workMsMax,
  );
  await eventually(
    `the plan of ${tenant.groupId} is made`,
    async () => {
      const { state } = await api.get<Plan>(`/api/planning/plans/${planId}`);
      return state === "done" ? true : null;
    },
    workMsMax,
  );
}

type Gateway = { groupId: string; username: string; token: string };

/** A node that is born, says how fast it runs, and goes in order. */
async function bear({ groupId, username, token }: Gateway, mqttPort: number): Promise<void> {
  const node = { groupId, edgeNodeId: "gateway-1", deviceId: null };
  const timestamp = Date.now();
  const bdSeq = metric({ name: "bdSeq", datatype: DataType.Int64, value: 0n, timestamp });
  const speed = metric({ name: "speed", datatype: DataType.Double, value: 1.5, timestamp });
  const death = encodePayload({ timestamp, seq: null, metrics: [bdSeq] });
  const birth = encodePayload({ timestamp, seq: 0, metrics: [bdSeq, speed] });
  const will = {
    topic: formatTopic({ type: "NDEATH", ...node }),
    payload: Buffer.from(death),
    qos: 1 as const,
    retain: false,
  };
  const url = `mqtt://127.0.0.1:${mqttPort}`;
  // Ingest hears of a new gateway by a notice, a moment after it was registered.
  const client = await eventually(
    `${groupId} is let in`,
    () => mqtt.connectAsync(url, { username, password: token, will, reconnectPeriod: 0 }),
    workMsMax,
  );
  await client.publishAsync(formatTopic({ type: "NBIRTH", ...node }), Buffer.from(birth));
  await client.endAsync();
}

/** Connections of our roles, counted twice a second from now on. */
async function watchConnections(superuserUrl: string) {
  const admin = new pg.Client({ connectionString: superuserUrl });
  await admin.connect();
  let most = 0;
  const now = async (): Promise<Record<string, number>> => {
    const { rows } = await admin.query<{ role: string; n: number }>(
      `select usename as role, count(*)::int as n
         from pg_stat_activity
        where backend_type = 'client backend' and usename in ('mw_core', 'mw_worker', 'mw_ingest')
        group by usename
        order by usename`,
    );
    const found = Object.fromEntries(rows.map(({ role, n }) => [role, n]));
    most = Math.max(most, sum(found));
    return found;
  };
  const timer = setInterval(() => void now().catch(() => undefined), 500);
  return {
    now,
    most: () => most,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await admin.end();
    },
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, n) => total + n, 0);
}

/** Resident memory of a process, in megabytes. */
function rssMbOf(pid: number): number {
  const [, kb = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kb) / 1024);
}
