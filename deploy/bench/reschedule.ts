import { parseArgs } from "node:util";

import { checkSchedule } from "../../core/src/modules/planning/engine/schedule/check.ts";
import type { Schedule } from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { createRandom } from "../../core/src/modules/planning/engine/schedule/random.ts";
import { repair } from "../../core/src/modules/planning/engine/schedule/repair.ts";
import { solve } from "../../core/src/modules/planning/engine/schedule/solve.ts";
import { generatePlant } from "./schedule-plant-generate.ts";

/**
 * bench:reschedule: in the plan of bench:schedule:plant one work center goes down for four hours, a
 * hundred times at a random place and moment, each time anew. Prints
 * `work_center,tick,ms,moved,tardiness_before,tardiness_after` per stop and one JSON with the
 * percentiles. Every repaired plan goes through the checker; exit code 1 when it finds a fault.
 */
const { values } = parseArgs({
  options: {
    stops: { type: "string", default: "100" },
    operations: { type: "string", default: "10000" },
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
const down = 4 * 60;
const plant = generatePlant({ operations: Number(values.operations), seed });
const planningEnds = performance.now() + 1000 * Number(values.seconds);
const plan = solve(plant, { seed, shouldStop: () => performance.now() >= planningEnds });
const random = createRandom(seed);
const taken: number[] = [];
/** What the repair itself used, garbage collection on other threads included: free of other work's load. */
const cpuMs: number[] = [];
const moved: number[] = [];
let infeasible = 0;
for (let stop = 0; stop < Number(values.stops); stop += 1) {
  const { machine, now } = pickStop(plan);
  const started = performance.now();
  const cpuStarted = process.cpuUsage();
  const repaired = repair(plant, plan, { now, machine, until: now + down });
  const ms = performance.now() - started;
  const cpu = process.cpuUsage(cpuStarted);
  cpuMs.push((cpu.user + cpu.system) / 1000);
  const violations = checkSchedule(repaired.problem, repaired.schedule);
  for (const violation of violations) console.error(`stop ${stop}: ${violation}`);
  infeasible += violations.length;
  taken.push(ms);
  moved.push(repaired.moved.length);
  console.log(
    [
      machine,
      now,
      ms.toFixed(1),
      repaired.moved.length,
      plan.weightedTardiness,
      repaired.schedule.weightedTardiness,
    ].join(","),
  );
}
console.log(
  JSON.stringify({
    operations: plant.operations.length,
    stops: taken.length,
    p50_ms: percentile(taken, 0.5),
    p99_ms: percentile(taken, 0.99),
    max_ms: percentile(taken, 1),
    cpu_p50_ms: percentile(cpuMs, 0.5),
    cpu_p99_ms: percentile(cpuMs, 0.99),
    moved_p50: percentile(moved, 0.5),
    moved_max: percentile(moved, 1),
    infeasible,
    seed,
  }),
);
process.exitCode = infeasible === 0 ? 0 : 1;

/** The moment in the middle of an operation picked by lot, so that each stop hits work. */
function pickStop({ assignments }: Schedule): { machine: number; now: number } {
  const hit = assignments[random.below(assignments.length)];
  if (hit === undefined) throw new Error("The plan is empty: nothing can stop.");
  return { machine: hit.machine, now: Math.floor((hit.start + hit.end) / 2) };
}

function percentile(figures: number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const figure = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return Math.round(figure * 10) / 10;
}
