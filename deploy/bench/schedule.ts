import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { checkSchedule } from "../../core/src/modules/planning/engine/schedule/check.ts";
import type { Schedule } from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { readInstances, type Instance } from "./schedule-instances.ts";
import { readTaillard } from "./schedule-taillard.ts";
import { ScheduleThreads } from "./schedule-threads.ts";

/**
 * bench:schedule: plans every instance of a folder, or with `--taillard` ta01-80 (made from their
 * seeds), for N seconds on each of the threads, has the independent checker verify the result and
 * compares it with the best known makespan.
 * Prints `name,makespan,seconds,checked` per instance and one JSON at the end. Exit code 1 when a
 * schedule does not pass the checker.
 */
const { values } = parseArgs({
  options: {
    instances: { type: "string" },
    taillard: { type: "boolean", default: false },
    seconds: { type: "string", default: "10" },
    threads: { type: "string", default: "2" },
    known: { type: "string" },
    seed: { type: "string", default: "1" },
    /** wall | cpu: seconds of the wall clock, or of each thread's CPU. */
    clock: { type: "string", default: "wall" },
    /** Comma-separated names; all when absent. */
    only: { type: "string" },
  },
});
const [instances, known] = pick();
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const clock = values.clock === "cpu" ? "cpu" : "wall";

await using threads = ScheduleThreads.start(Number(values.threads));
const rows: { name: string; schedule: Schedule; isFeasible: boolean }[] = [];
for (const instance of instances) rows.push(await run(instance));
console.log(JSON.stringify(summary()));
process.exitCode = rows.every(({ isFeasible }) => isFeasible) ? 0 : 1;

async function run({ name, problem }: Instance): Promise<(typeof rows)[number]> {
  const started = performance.now();
  const schedule = await threads.solve(problem, { seconds, seed, clock });
  const taken = (performance.now() - started) / 1000;
  const violations = checkSchedule(problem, schedule);
  for (const violation of violations) console.error(`${name}: ${violation}`);
  const isFeasible = violations.length === 0;
  console.log(
    `${name},${schedule.makespan},${taken.toFixed(2)},${isFeasible ? "ok" : "infeasible"}`,
  );
  return { name, schedule, isFeasible };
}

function pick(): [Instance[], Map<string, number>] {
  const only = values.only?.split(",");
  const isPicked = ({ name }: Instance): boolean => only?.includes(name) ?? true;
  if (values.taillard) {
    const all = readTaillard();
    return [all.filter(isPicked), new Map(all.map(({ name, bestKnown }) => [name, bestKnown]))];
  }
  if (values.instances === undefined) {
    console.error(
      "bench:schedule needs --instances DIR, a folder with instance files (*.txt), or --taillard.",
    );
    process.exit(1);
  }
  const known = values.known === undefined ? new Map<string, number>() : readKnown(values.known);
  return [readInstances(values.instances).filter(isPicked), known];
}

function summary(): Record<string, number | string | null> {
  const gaps = rows.flatMap(({ name, schedule }) => {
    const best = known.get(name);
    return best === undefined ? [] : [100 * (schedule.makespan / best - 1)];
  });
  const toBound = rows.map(({ schedule }) => 100 * (schedule.makespan / schedule.lowerBound - 1));
  return {
    instances: rows.length,
    known: gaps.length,
    mean_gap_pct: mean(gaps),
    max_gap_pct: gaps.length === 0 ? null : rounded(Math.max(...gaps)),
    best_reached: gaps.filter((gap) => gap <= 0).length,
    mean_gap_to_own_bound_pct: mean(toBound),
    proven_optimal: toBound.filter((gap) => gap <= 0).length,
    infeasible: rows.filter(({ isFeasible }) => !isFeasible).length,
    iterations: rows.reduce((sum, { schedule }) => sum + schedule.iterations, 0),
    seconds,
    clock,
    threads: threads.count,
    seed,
  };
}

function mean(figures: number[]): number | null {
  return figures.length === 0 ? null : rounded(figures.reduce((a, b) => a + b, 0) / figures.length);
}

function rounded(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}

/** Columns by header: `name` and `best_ub`. */
function readKnown(file: string): Map<string, number> {
  const [header = "", ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const columns = header.split(",");
  const name = columns.indexOf("name");
  const best = columns.indexOf("best_ub");
  if (name < 0 || best < 0) throw new Error(`${file} has no columns name and best_ub.`);
  return new Map(
    lines.map((line) => {
      const fields = line.split(",");
      return [fields[name] ?? "", Number(fields[best])];
    }),
  );
}
