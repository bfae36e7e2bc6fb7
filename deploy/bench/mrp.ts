import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

import { supplyKinds } from "../../core/src/modules/planning/engine/mrp/input.ts";
import { findingsOf, type MrpPlan } from "../../core/src/modules/planning/engine/mrp/plan.ts";
import {
  orderCount,
  orderCountOf,
  ordersOf,
} from "../../core/src/modules/planning/engine/mrp/planned-orders.ts";
import { decimalFromScaled } from "../../core/src/modules/planning/engine/mrp/quantity.ts";
import {
  needsOfOrder,
  suppliesOfOrder,
} from "../../core/src/modules/planning/engine/mrp/pegging.ts";
import { helpMrp } from "../../core/src/modules/planning/mrp/help-mrp.ts";
import { prepareNetChange } from "../../core/src/modules/planning/engine/mrp/prepare-net-change.ts";
import { replan } from "../../core/src/modules/planning/engine/mrp/replan.ts";
import { runMrp } from "../../core/src/modules/planning/engine/mrp/run.ts";
import { readMrpFolder, type NamedInput, writePlannedOrders } from "./mrp-csv.ts";
import { generateFactory } from "./mrp-generate.ts";

/**
 * bench:mrp: a whole MRP run without a database.
 *   --data DIR        items.csv bom.csv stock.csv demand.csv; totals are compared with expected.json there
 *   --generate LIST   items=1000000,weeks=52,lines=3700000[,seed=1]
 *   --out FILE        planned orders as CSV
 *   --runs N          repeats the computation, prints the median (1)
 *   --threads N       1 or 2 (2 from 100,000 items on)
 * The last line is one JSON object; times are wall clock. `rss_mb` is what the process holds when the plan
 * is there (and written, with --out), `rss_mb_max` the most it held until then, loading the input included.
 * Exit code 1 when a total differs.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    generate: { type: "string" },
    out: { type: "string" },
    runs: { type: "string", default: "1" },
    threads: { type: "string" },
  },
});

const loaded = timed(load);
const { input, itemIds } = loaded.result;
const threads = Number(values.threads ?? (input.points.count >= 100_000 ? 2 : 1));
const options = threads === 2 ? { crew: helpMrp } : {};
const { plan, times } = runOften(Number(values.runs));
const written = performance.now();
if (values.out !== undefined) await writePlannedOrders(values.out, plan, itemIds);
const writeMs = performance.now() - written;

for (const { code, message } of findingsOf(plan).slice(0, 10)) console.error(`${code}: ${message}`);
const totals = totalsOf(plan);
const differences = values.data === undefined ? null : compare(values.data, totals);
const plannedOrders = orderCount(plan);
const rssMb = process.memoryUsage.rss() / 2 ** 20;
const rssMbMax = process.resourceUsage().maxRSS / 2 ** 10;
const questions = ask(plan);
console.log(
  JSON.stringify({
    load_ms: round(loaded.ms),
    compute_ms: round(median(times.map(({ ms }) => ms))),
    threads,
    compute_cpu_ms: round(median(times.map(({ cpuMs }) => cpuMs))),
    write_ms: values.out === undefined ? null : round(writeMs),
    planned_orders: plannedOrders,
    rss_mb: round(rssMb),
    rss_mb_max: round(rssMbMax),
    items: input.points.count,
    lines: input.lines.count,
    demands: input.demands.count,
    levels: plan.structure.levels,
    ...questions,
    findings: findingsOf(plan).length,
    totals,
    expected: differences === null ? "none" : differences.length === 0 ? "equal" : differences,
  }),
);
process.exitCode = differences === null || differences.length === 0 ? 0 : 1;

/** The last plan, and the times of all runs: a planner has no more than one plan in memory. */
function runOften(runs: number) {
  const times: { ms: number; cpuMs: number }[] = [];
  let plan: MrpPlan | undefined;
  for (let run = 0; run < runs; run += 1) {
    plan = undefined;
    const { result, ms, cpuMs } = timed(() => runMrp(input, options));
    plan = result;
    times.push({ ms, cpuMs });
  }
  if (plan === undefined) throw new Error("--runs must be at least 1");
  return { plan, times };
}

function load(): NamedInput {
  if (values.generate !== undefined) {
    const sizes = new Map(
      values.generate
        .split(",")
        .map((pair) => pair.split("=", 2))
        .map(([k = "", v = ""]) => [k, Number(v)]),
    );
    const size = (name: string, fallback: number) => sizes.get(name) ?? fallback;
    const input = generateFactory({
      items: size("items", 1_000_000),
      weeks: size("weeks", 52),
      lines: size("lines", 3_700_000),
      seed: size("seed", 1),
    });
    return { input, itemIds: [] };
  }
  if (values.data === undefined) throw new Error("say --data DIR or --generate items=…");
  return readMrpFolder(values.data);
}

/**
 * Times of single questions, on orders and demands spread over the plan: one level of pegs up and down,
 * and the net change of one demand in a plan that was made ready for it. Leaves the plan changed.
 */
function ask(plan: MrpPlan) {
  const pegTimes: number[] = [];
  const changeTimes: number[] = [];
  const changeCpuTimes: number[] = [];
  let netted = 0;
  for (const share of shares(200)) {
    const point = Math.floor(share * plan.input.points.count);
    const count = orderCountOf(plan, point);
    if (count === 0) continue;
    const order = { point, ordinal: Math.floor(count / 2) };
    pegTimes.push(timed(() => [needsOfOrder(plan, order), suppliesOfOrder(plan, order)]).ms);
  }
  const prepared = timed(() => prepareNetChange(plan));
  for (const share of shares(200)) {
    const row = Math.floor(share * plan.demands.count);
    const day = plan.demands.day[row] ?? 0;
    const quantity = (plan.demands.quantity[row] ?? 0) + 10 ** plan.input.decimals;
    const { result, ms, cpuMs } = timed(() =>
      replan(plan, [{ kind: "demand_changed", row, day, quantity }]),
    );
    changeTimes.push(ms);
    changeCpuTimes.push(cpuMs);
    netted = Math.max(netted, result.netted.length);
  }
  return {
    peg_ms: spread(pegTimes),
    net_change_prepare_ms: round(prepared.ms),
    net_change_ms: spread(changeTimes),
    net_change_cpu_ms: spread(changeCpuTimes),
    net_change_points_max: netted,
  };
}

/** Numbers in [0, 1), evenly spread. */
function shares(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index / count);
}

/** The totals of expected.json that a plan answers for, in its shape. */
function totalsOf(plan: MrpPlan) {
  const { input } = plan;
  const counts = { make: 0, buy: 0 };
  const items = { make: 0, buy: 0 };
  const quantities = { make: 0n, buy: 0n };
  let late = 0;
  for (let point = 0; point < input.points.count; point += 1) {
    const kind = supplyKinds[input.points.kind[point] ?? 0];
    const count = orderCountOf(plan, point);
    if ((kind !== "make" && kind !== "buy") || count === 0) continue;
    counts[kind] += count;
    items[kind] += 1;
    let quantity = 0;
    for (const order of ordersOf(plan, point)) {
      quantity += order.quantity;
      if (order.start < 0) late += 1;
    }
    quantities[kind] += BigInt(quantity);
  }
  const decimal = (value: bigint) => Number(decimalFromScaled(Number(value), input.decimals));
  return {
    planned_orders: counts,
    items_with_planned_orders: items,
    planned_quantity: { make: decimal(quantities.make), buy: decimal(quantities.buy) },
    planned_orders_released_before_day_0: late,
  };
}

/** What differs from expected.json, one line each; null when there is no such file. */
function compare(folder: string, totals: ReturnType<typeof totalsOf>): string[] | null {
  const file = join(folder, "expected.json");
  if (!existsSync(file)) return null;
  const expected: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(totals).flatMap(([name, value]) => {
    const wanted = JSON.stringify(expected[name]);
    const got = JSON.stringify(value);
    return wanted === got ? [] : [`${name}: expected ${wanted}, planned ${got}`];
  });
}

/** `cpuMs` counts all threads: less than `ms` when others use the machine, more when we use two cores. */
function timed<Result>(work: () => Result): { result: Result; ms: number; cpuMs: number } {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms: performance.now() - start, cpuMs: (user + system) / 1_000 };
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Three decimals: single questions take microseconds. */
function spread(times: number[]): { median: number; p95: number; max: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return Number((value ?? Number.NaN).toFixed(3));
  };
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
