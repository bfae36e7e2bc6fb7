import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { tenantIdSchema } from "@millwright/contracts/units";

import { savePolicy } from "../../core/src/platform/authz/save-policy.ts";
import { Database } from "../../core/src/platform/db/database.ts";
import { createTestDatabase } from "../test/database.ts";
import { companyCatalogue, type CompanySize, makePolicy } from "./authz-company.ts";
import type { Answer, Order } from "./authz-process.ts";

/**
 * bench:authz: 100,000 users, 500 roles and 500 rules with conditions, stored in PostgreSQL. Fresh
 * processes load and decide for random users about random objects, nothing cached; `load_ms` is from
 * the start of a process to its first decision, the users made on the way, median of five processes
 * that find Node's compile cache filled, as every start but the first on a machine can; one process
 * without it is shown beside them.
 * Beside it plain Casbin on the same company (with fewer decisions, as it takes milliseconds each), whose
 * answers must be the same, and ours with 40 times the rules. The last line is the JSON of the first.
 */
const { values } = parseArgs({
  options: {
    users: { type: "string", default: "100000" },
    roles: { type: "string", default: "500" },
    decisions: { type: "string", default: "50000" },
    processes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
const decisions = Number(values.decisions);
const size: CompanySize = {
  users: Number(values.users),
  roles: Number(values.roles),
  rulesPerRole: 1,
};
const wide: CompanySize = { ...size, rulesPerRole: 40 };

// Plain Casbin takes milliseconds each; enough for a p95 that repeats.
const plainDecisions = 1000;
const runMsMax = 180_000;

const compileCache = mkdtempSync(join(tmpdir(), "bench-authz-"));
process.on("exit", () => rmSync(compileCache, { recursive: true, force: true }));
print("millwright, nothing compiled", size, await measureStored(size, 1, null));
await measureStored(size, 1, compileCache);
const ours = await measureStored(size, Number(values.processes), compileCache);
print("millwright", size, ours);
print("millwright", wide, await measureStored(wide, 1, compileCache));
const plain = await measurePlain();
print("plain casbin", size, [plain]);
const differing = plain.answers.filter((answer, n) => answer !== ours[0]?.answers[n]).length;
console.log(`${plain.answers.length} questions asked of both, ${differing} answered differently`);
console.log(JSON.stringify(summarise(ours)));
process.exitCode = differing === 0 ? 0 : 1;

type Run = Answer & { loadMs: number };

/** Stores the company's policy in a database of its own and measures fresh processes on it. */
async function measureStored(
  size: CompanySize,
  processes: number,
  compileCache: string | null,
): Promise<Run[]> {
  await using database = await createTestDatabase({ hasPolicy: false });
  await using db = new Database(database.urls.core, { poolMax: 1, onError: () => undefined });
  const tenantId = tenantIdSchema.parse(database.tenantId);
  await db.inTenant(tenantId, (tx) =>
    savePolicy(tx, {
      document: makePolicy(size, seed),
      expectedVersion: 0n,
      catalogue: companyCatalogue,
    }),
  );
  const order: Order = {
    engine: "millwright",
    size,
    seed,
    decisions,
    databaseUrl: database.urls.core,
    tenantId,
  };
  const runs: Run[] = [];
  while (runs.length < processes) runs.push(await run(order, compileCache));
  return runs;
}

function measurePlain(): Promise<Run> {
  const order = { size, seed, decisions: plainDecisions, databaseUrl: "", tenantId: "" };
  return run({ engine: "plain", ...order }, compileCache);
}

/** `compileCache`: Node keeps what it compiled in this folder, as for every process of a plant; null: nowhere. */
async function run(order: Order, compileCache: string | null): Promise<Run> {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const startedMs = performance.timeOrigin + performance.now();
  const child = fork(join(import.meta.dirname, "authz-process.ts"), [JSON.stringify(order)], {
    serialization: "advanced",
    env: compileCache === null ? env : { ...env, NODE_COMPILE_CACHE: compileCache },
  });
  const exited = once(child, "exit");
  const signal = AbortSignal.timeout(runMsMax);
  try {
    const [answer]: Answer[] = await Promise.race([
      once(child, "message", { signal }),
      exited.then(([code]) => {
        throw new Error(`the measured process ended with ${code} before it answered`);
      }),
    ]);
    if (answer === undefined) throw new Error("the measured process answered nothing");
    await exited;
    return { ...answer, loadMs: answer.firstDecisionMs - startedMs };
  } finally {
    child.kill();
  }
}

/** load and rss: the median process; the rest over the decisions of all processes. */
function summarise(runs: readonly Run[]): Record<string, number> {
  const took = runs.flatMap(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  return {
    load_ms: rounded(
      quantile(
        runs.map(({ loadMs }) => loadMs).toSorted((a, b) => a - b),
        0.5,
      ),
      0,
    ),
    p50_ms: rounded(quantile(took, 0.5), 4),
    p95_ms: rounded(quantile(took, 0.95), 4),
    p99_ms: rounded(quantile(took, 0.99), 4),
    rss_mb: rounded(
      quantile(
        runs.map(({ rssMb }) => rssMb).toSorted((a, b) => a - b),
        0.5,
      ),
      0,
    ),
  };
}

function print(name: string, size: CompanySize, runs: readonly Run[]): void {
  const asked = runs.reduce((sum, { tookMs }) => sum + tookMs.length, 0);
  const allowed = runs[0]?.answers.filter(Boolean).length ?? 0;
  const share = Math.round((100 * allowed) / (runs[0]?.answers.length ?? 1));
  const loads = runs
    .map(({ loadMs, loadCpuMs }) => `${Math.round(loadMs)} (cpu ${Math.round(loadCpuMs)})`)
    .join(", ");
  console.log(
    `${name}: ${size.users} users, ${size.roles} roles, ${size.roles * size.rulesPerRole} rules, ` +
      `${asked} decisions (${share} % allowed), loads ${loads} ms: ${JSON.stringify(summarise(runs))}`,
  );
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
