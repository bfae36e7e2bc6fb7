import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { kindFromEnvironment, type PrivateServer, startServer } from "../database/server.ts";
import { migrate } from "../migrate/migrate.ts";
import { seedFirstTenant } from "../seed/first-tenant.ts";
import { until } from "../test/until.ts";
import { query } from "./database-query.ts";
import { seededRandom } from "./random.ts";

/**
 * chaos:events: kills the writer, the subscriber or the database (its postmaster or one of its
 * backends) with kill -9 at a random moment, `--trials` times, while events flow. Then every
 * acknowledged row must be there, and every row must have had its effect exactly once. Prints
 * `{trials, lost, doubled, seed, …}`; `--seed` repeats the choice of victims and pauses. Fails when
 * anything is lost or doubled, or when nothing flowed.
 */
const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const trials = Number(values.trials);
const seed = Number(values.seed);
const random = seededRandom(seed);
const database = "chaos";
// Long enough for a hundred transactions, short enough that 200 trials take minutes.
const pauseMsMax = 300;
const uuidLength = 36;
const first = {
  tenantId: "00000000-0000-4000-8000-000000000001",
  siteId: "00000000-0000-4000-8000-000000000002",
  groupId: "chaos",
};

const dataDir = mkdtempSync(join(tmpdir(), "mw-chaos-"));
// The server's account must pass through; the secrets inside have their own modes.
chmodSync(dataDir, 0o755);
let server: PrivateServer = await start();
const { urls } = await migrate({ adminUrl: server.superuserUrl(), dataDir, database });
await seedFirstTenant(urls.owner, first);
await query(
  urls.owner,
  `
  create schema chaos;
  create table chaos.source (id uuid primary key);
  create table chaos.effect (id uuid primary key, times integer not null);
  grant usage on schema chaos to mw_worker;
  grant select, insert, update on all tables in schema chaos to mw_worker`,
);

/** What the writer was told is saved. */
const acknowledged = new Set<string>();
const processes = { writer: run("writer"), subscriber: run("subscriber") };
const kills = { writer: 0, subscriber: 0, backend: 0, postmaster: 0 };
// A private server starts itself again five times; before that it is opened anew.
const postmasterKillsMax = 4;
let postmasterKills = 0;
let failure: string | null = null;

try {
  await until("events flow", () => acknowledged.size > 0);
  for (let trial = 1; trial <= trials; trial += 1) {
    await pause(random() * pauseMsMax);
    const before = acknowledged.size;
    await killOne();
    // Everything is up again before the next trial, so that each one hits running work.
    await until(`writing after trial ${trial}`, () => acknowledged.size > before, 60_000);
    const applied = (await counts()).applied;
    await until(
      `effects after trial ${trial}`,
      async () => (await counts()).applied > applied,
      60_000,
    );
    if (trial % 20 === 0) console.error(`${trial} trials, ${acknowledged.size} events`);
  }
} catch (error) {
  failure = error instanceof Error ? error.message : String(error);
}
processes.writer.kill("SIGKILL");
await once(processes.writer, "exit");
await until("all effects", async () => (await counts()).pending === 0, 60_000).catch(
  () => undefined,
);
const { stored, pending, doubled } = await counts();
const lostRows = await countLost();
processes.subscriber.kill("SIGKILL");
await once(processes.subscriber, "exit");
await server.stop();
rmSync(dataDir, { recursive: true, force: true });

const lost = lostRows + pending;
console.log(
  JSON.stringify({
    trials,
    lost,
    doubled,
    seed,
    events: stored,
    kills,
    ...(failure && { failure }),
  }),
);
process.exit(lost > 0 || doubled > 0 || stored === 0 || failure !== null ? 1 : 0);

async function killOne(): Promise<void> {
  const choice = random();
  if (choice < 1 / 3) return restart("writer");
  if (choice < 2 / 3) return restart("subscriber");
  if (choice < 5 / 6) return killBackend();
  return killPostmaster();
}

async function restart(name: keyof typeof processes): Promise<void> {
  processes[name].kill("SIGKILL");
  await once(processes[name], "exit");
  processes[name] = run(name);
  kills[name] += 1;
}

/** PostgreSQL then ends every session and recovers from its log, as after a crash. */
async function killBackend(): Promise<void> {
  const rows = await query<{ pid: number }>(
    server.superuserUrl(),
    `
    select pid from pg_stat_activity
     where backend_type = 'client backend' and datname = '${database}'
     order by pid`,
  );
  const victim = rows[Math.floor(random() * rows.length)];
  if (victim === undefined || !killed(victim.pid)) return killBackend();
  kills.backend += 1;
}

async function killPostmaster(): Promise<void> {
  if (postmasterKills === postmasterKillsMax) {
    await server.stop();
    server = await start();
    postmasterKills = 0;
  }
  // It may be on its way up after the kill before.
  await until("a postmaster to kill", () => killed(server.pid));
  postmasterKills += 1;
  kills.postmaster += 1;
}

/** False when it had gone already. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

function start(): Promise<PrivateServer> {
  const kind = kindFromEnvironment();
  return startServer({ dataDir, ...(kind && { kind }) });
}

function run(name: "writer" | "subscriber"): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, `events-${name}.ts`)], {
    env: { ...process.env, DATABASE_URL: urls.worker, CHAOS_TENANT: first.tenantId },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (name === "writer") {
    createInterface({ input: child.stdout }).on("line", (line) => {
      // A line that was cut by the kill is no acknowledgement.
      for (const id of line.split(" ")) if (id.length === uuidLength) acknowledged.add(id);
    });
  }
  return child;
}

async function counts(): Promise<Counts> {
  const [row] = await query<Counts>(
    urls.owner,
    `
    select count(*)::integer as stored,
           count(e.id)::integer as applied,
           count(*) filter (where e.id is null)::integer as pending,
           coalesce(sum(e.times - 1), 0)::integer as doubled
      from chaos.source s
      left join chaos.effect e using (id)`,
  );
  if (row === undefined) throw new Error("bug: an aggregate has one row");
  return row;
}
type Counts = { stored: number; applied: number; pending: number; doubled: number };

/** Acknowledged rows that are not there, and effects of rows that never were. */
async function countLost(): Promise<number> {
  const rows = await query<{ id: string }>(urls.owner, `select id from chaos.source`);
  const stored = new Set(rows.map(({ id }) => id));
  const missing = [...acknowledged].filter((id) => !stored.has(id)).length;
  const ghosts = await query(
    urls.owner,
    `
    select id from chaos.effect where id not in (select id from chaos.source)`,
  );
  return missing + ghosts.length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}
