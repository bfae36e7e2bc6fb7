import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

import { checkSchedule } from "../../core/src/modules/planning/engine/schedule/check.ts";
import { compile } from "../../core/src/modules/planning/engine/schedule/compile.ts";
import { lowerBound } from "../../core/src/modules/planning/engine/schedule/lower-bound.ts";
import type {
  Assignment,
  Problem,
  Schedule,
} from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { planGreedily } from "./schedule-greedy.ts";
import { readInstances, type Instance } from "./schedule-instances.ts";
import { readPanel } from "./schedule-panel.ts";
import { ScheduleThreads } from "./schedule-threads.ts";

/**
 * bench:schedule:peers: our engine, CP-SAT (or-tools-wasm, one search thread) and two greedy
 * policies on the same problems for the same seconds, one after the other. `--set makespan` takes
 * instances of the folder by name (default la21-40, ta11-50, mk01-10) and compares with the best
 * known; `--set panel` takes the tardiness and setup panel and compares with the committed
 * references. `--reference` makes those: it prints their rows instead, from runs of this length.
 * Every schedule of every engine goes through the checker.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    set: { type: "string", default: "makespan" },
    seconds: { type: "string", default: "10" },
    threads: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    /** Comma-separated names. */
    only: { type: "string" },
    /** wall | cpu: seconds of the wall clock, or of the CPU of each search thread, ours and theirs. */
    clock: { type: "string", default: "wall" },
    reference: { type: "boolean", default: false },
  },
});
if (values.data === undefined) {
  console.error("bench:schedule:peers needs --data DIR, the folder with jobshop, flexible, setup.");
  process.exit(1);
}
const peer = new URL("./peers/cp-sat.mjs", import.meta.url).pathname;
if (!existsSync(new URL("./peers/node_modules/or-tools-wasm", import.meta.url))) {
  console.error("The peer engine is not installed: npm ci --prefix deploy/bench/peers");
  process.exit(1);
}
/** The best makespan or tardiness known, and whether it is proven that nothing is below it. */
interface Reference {
  best: number;
  isProven: boolean;
}

const seconds = Number(values.seconds);
const seed = Number(values.seed);
const clock = values.clock === "cpu" ? "cpu" : "wall";
const references = readReferences(values.set, values.data);
const instances = pickInstances(values.set, values.data);
await using threads = ScheduleThreads.start(Number(values.threads));

interface Row {
  name: string;
  reference: Reference | null;
  ours: number;
  cpSat: number | null;
  orderByOrder: number;
  firstFreeSlot: number;
}

const rows: Row[] = [];
let infeasible = 0;
console.log(
  values.reference
    ? "name,goal,best,lower_bound,made_by"
    : "name,reference,ours,cp_sat,order_by_order,first_free_slot",
);
for (const instance of instances) {
  if (values.reference) await printReference(instance);
  else rows.push(await compare(instance));
}
if (!values.reference) console.log(JSON.stringify(summary()));
process.exitCode = infeasible === 0 ? 0 : 1;

async function compare({ name, problem }: Instance): Promise<Row> {
  const ours = figureOf(name, problem, await threads.solve(problem, { seconds, seed, clock }));
  const theirs = await runCpSat(problem);
  const row: Row = {
    name,
    reference: references.get(name) ?? null,
    // Worse than everything: the run has failed anyway.
    ours: ours ?? Infinity,
    cpSat: figureOfAnswer(name, problem, theirs),
    orderByOrder: greedy(name, problem, "order_by_order"),
    firstFreeSlot: greedy(name, problem, "first_free_slot"),
  };
  console.log(
    [name, row.reference?.best, row.ours, row.cpSat, row.orderByOrder, row.firstFreeSlot].join(","),
  );
  return row;
}

function greedy(
  name: string,
  problem: Problem,
  policy: Parameters<typeof planGreedily>[1],
): number {
  const schedule = scheduleFrom(problem, planGreedily(problem, policy));
  return figureOf(name, problem, schedule) ?? Infinity;
}

/**
 * A run of both engines for what beats the reference there is, CP-SAT's first: where it proves the
 * best, ours has no run to make. Nothing beats 0.
 */
async function printReference({ name, problem }: Instance): Promise<void> {
  const goal = goalOf(problem);
  const known = references.get(name)?.best ?? Infinity;
  if (known === 0) {
    console.log(`${name},${goal},0,0,an earlier run`);
    return;
  }
  const theirs = await runCpSat(problem, known);
  const cpSat = figureOfAnswer(name, problem, theirs) ?? Infinity;
  let best = Math.min(known, cpSat);
  // The solver's bound is a float: 68.9999999 stands for 69.
  let bound = Math.min(best, Math.ceil(theirs.bound - 1e-6));
  let from = cpSat < known ? "cp_sat" : "an earlier run and proven by cp_sat";
  if (bound < best) {
    const schedule = await threads.solve(problem, { seconds, seed, clock });
    const ours = figureOf(name, problem, schedule) ?? Infinity;
    if (ours <= best) from = "millwright";
    else if (best === known) from = "an earlier run and not beaten by either";
    best = Math.min(best, ours);
    const own = goal === "makespan" ? schedule.lowerBound : schedule.tardinessBound;
    bound = Math.max(Math.min(bound, best), own);
  }
  console.log(`${name},${goal},${best},${bound},${from} in ${seconds} s`);
}

interface Answer {
  assignments: Assignment[];
  /** Null when it found no schedule in the time. */
  objective: number | null;
  /** Lower bound of the objective; `below` when it proved that nothing is below it. */
  bound: number;
}

async function runCpSat(problem: Problem, below = Infinity): Promise<Answer> {
  const child = spawn(process.execPath, [peer], { stdio: ["pipe", "pipe", "inherit"] });
  const limit = below < Infinity ? { below } : {};
  child.stdin.end(JSON.stringify({ problem, seconds, seed, clock, ...limit }));
  const answer: Answer & { status: string } = JSON.parse(await text(child.stdout));
  if (answer.status === "MODEL_INVALID") throw new Error("CP-SAT refuses its model as invalid.");
  return answer;
}

function figureOfAnswer(name: string, problem: Problem, answer: Answer): number | null {
  if (answer.objective === null) return null;
  return figureOf(name, problem, scheduleFrom(problem, answer.assignments));
}

function goalOf({ goals = [] }: Problem): "makespan" | "tardiness" {
  return goals[0] === "makespan" ? "makespan" : "tardiness";
}

/** The figure of the goal; null, and counted, if the checker finds a fault. */
function figureOf(name: string, problem: Problem, schedule: Schedule): number | null {
  const violations = checkSchedule(problem, schedule);
  for (const violation of violations) console.error(`${name}: ${violation}`);
  if (violations.length > 0) infeasible += 1;
  if (violations.length > 0) return null;
  return goalOf(problem) === "makespan" ? schedule.makespan : schedule.weightedTardiness;
}

/** Another engine's assignments in the form the checker takes. */
function scheduleFrom(problem: Problem, assignments: Assignment[]): Schedule {
  const sorted = assignments.toSorted((a, b) => a.start - b.start);
  const bound = lowerBound(compile(problem).model);
  const completion = ({ operation, end }: Assignment): number =>
    end + (problem.operations[operation]?.transfer ?? 0);
  let setup = 0;
  const states = problem.machines.map(({ setUpFor }) => setUpFor);
  for (const { machine, operation } of sorted) {
    const from = states[machine];
    const to = problem.operations[operation]?.family ?? 0;
    if (from !== undefined) setup += problem.machines[machine]?.setups?.[from]?.[to] ?? 0;
    states[machine] = to;
  }
  return {
    assignments: sorted,
    makespan: sorted.reduce((end, one) => Math.max(end, completion(one)), 0),
    lowerBound: bound.makespan,
    weightedTardiness: sorted.reduce((sum, one) => {
      const { due = Infinity, weight = 1 } = problem.operations[one.operation] ?? {};
      return sum + weight * Math.max(0, completion(one) - due);
    }, 0),
    setup,
    change: 0,
    tardinessBound: bound.tardiness,
    late: [],
    unplanned: [],
    findings: [],
    iterations: 0,
  };
}

function pickInstances(set: string, data: string): Instance[] {
  const only = values.only?.split(",");
  if (set === "panel") return readPanel(data).filter(({ name }) => only?.includes(name) ?? true);
  const names = only ?? [...range("la", 21, 40), ...range("ta", 11, 50), ...range("mk", 1, 10)];
  const all = [...readInstances(join(data, "jobshop")), ...readInstances(join(data, "flexible"))];
  return all.filter(({ name }) => names.includes(name));
}

function range(prefix: string, from: number, to: number): string[] {
  return Array.from(
    { length: to - from + 1 },
    (_, k) => prefix + String(from + k).padStart(2, "0"),
  );
}

/** Best known figures by name: of the data for makespans, our committed ones for the panel. */
function readReferences(set: string, data: string): Map<string, Reference> {
  const isPanel = set === "panel";
  const file = isPanel
    ? new URL("./peers/panel-references.csv", import.meta.url).pathname
    : join(data, "known.csv");
  if (!existsSync(file)) return new Map();
  const [header = "", ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const columns = header.split(",");
  const name = columns.indexOf("name");
  const upper = columns.indexOf(isPanel ? "best" : "best_ub");
  const lower = columns.indexOf(isPanel ? "lower_bound" : "best_lb");
  return new Map(
    lines.map((line) => {
      const fields = line.split(",");
      const best = Number(fields[upper]);
      return [fields[name] ?? "", { best, isProven: Number(fields[lower]) === best }];
    }),
  );
}

/**
 * CP-SAT counts only where it found a schedule; where it did not is counted apart, and so is where
 * the reference is proven: others may be our own best, and then our excess says little.
 */
function summary(): Record<string, number | string | null> {
  const solved = rows.filter(({ cpSat, reference }) => cpSat !== null && reference !== null);
  const known = rows.filter(({ reference }) => reference !== null);
  const ours = excess(known, ({ ours: figure }) => figure);
  const oursWhereSolved = excess(solved, ({ ours: figure }) => figure);
  const cpSat = excess(solved, ({ cpSat: figure }) => figure ?? 0);
  const orderByOrder = excess(known, ({ orderByOrder: figure }) => figure);
  const firstFreeSlot = excess(known, ({ firstFreeSlot: figure }) => figure);
  return {
    set: values.set,
    instances: rows.length,
    ours_pct: ours,
    cp_sat_pct: cpSat,
    order_by_order_pct: orderByOrder,
    first_free_slot_pct: firstFreeSlot,
    cp_sat_times_ours: ratio(cpSat, oursWhereSolved),
    order_by_order_times_ours: ratio(orderByOrder, ours),
    first_free_slot_times_ours: ratio(firstFreeSlot, ours),
    proven_references: known.filter(isProven).length,
    ours_where_proven_pct: excess(known.filter(isProven), ({ ours: figure }) => figure),
    cp_sat_where_proven_pct: excess(solved.filter(isProven), ({ cpSat: figure }) => figure ?? 0),
    cp_sat_without_schedule: rows.filter(({ cpSat: figure }) => figure === null).length,
    infeasible,
    seconds,
    clock,
    threads: threads.count,
    seed,
  };
}

function isProven({ reference }: Row): boolean {
  return reference?.isProven === true;
}

/** Over sums, so that small references do not weigh more: 100 × (Σ figure ÷ Σ reference − 1). */
function excess(some: Row[], figure: (row: Row) => number): number | null {
  const base = some.reduce((sum, { reference }) => sum + (reference?.best ?? 0), 0);
  if (base === 0) return null;
  const total = some.reduce((sum, row) => sum + figure(row), 0);
  return Math.round(100_000 * (total / base - 1)) / 1000;
}

function ratio(theirs: number | null, ours: number | null): number | string | null {
  if (theirs === null || ours === null) return null;
  return ours <= 0 ? "no excess" : Math.round((10 * theirs) / ours) / 10;
}
