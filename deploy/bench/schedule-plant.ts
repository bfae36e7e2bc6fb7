import { parseArgs } from "node:util";

import { checkSchedule } from "../../core/src/modules/planning/engine/schedule/check.ts";
import { compile } from "../../core/src/modules/planning/engine/schedule/compile.ts";
import { dispatch } from "../../core/src/modules/planning/engine/schedule/dispatch.ts";
import { createGraph } from "../../core/src/modules/planning/engine/schedule/graph.ts";
import { loadGraph } from "../../core/src/modules/planning/engine/schedule/moves.ts";
import { rulesFor } from "../../core/src/modules/planning/engine/schedule/priority.ts";
import type { Problem } from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { createRandom } from "../../core/src/modules/planning/engine/schedule/random.ts";
import { solve } from "../../core/src/modules/planning/engine/schedule/solve.ts";
import { generatePlant } from "./schedule-plant-generate.ts";

/**
 * bench:schedule:plant: a plant of 10,000 operations on 60 work centers with calendars, setups and
 * due dates, one thread. Prints `seconds,tardiness,setup,makespan` while the plan gets better, and one
 * JSON with the time of the first plan and the tardiness against the best dispatch rule with its
 * textbook parameters. Exit code 1 when the checker finds a fault.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    operations: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const problem = generatePlant({ operations: Number(values.operations), seed });
const started = performance.now();
const cpuStarted = process.threadCpuUsage();
const elapsed = (): number => (performance.now() - started) / 1000;
let firstAt: number | null = null;
/** What this thread used until then: free of other work's load. */
let firstCpu: number | null = null;
let printedAt = -1;
const schedule = solve(problem, {
  seed,
  shouldStop: () => elapsed() >= seconds,
  onImprovement: ({ tardiness, setup, makespan }) => {
    firstAt ??= elapsed();
    firstCpu ??= cpuSeconds();
    if (elapsed() - printedAt < 1) return;
    printedAt = elapsed();
    console.log(`${printedAt.toFixed(2)},${tardiness},${setup},${makespan}`);
  },
});
const taken = elapsed();
const violations = checkSchedule(problem, schedule);
for (const violation of violations) console.error(violation);
const byRule = tardinessByRule(problem);
const bestRule = Math.min(...Object.values(byRule));
console.log(
  JSON.stringify({
    operations: problem.operations.length,
    work_centers: problem.machines.length,
    first_plan_s: firstAt === null ? null : rounded(firstAt),
    first_plan_cpu_s: firstCpu === null ? null : rounded(firstCpu),
    seconds: rounded(taken),
    tardiness: schedule.weightedTardiness,
    late_orders: schedule.late.length,
    setup: schedule.setup,
    makespan: schedule.makespan,
    tardiness_by_rule: byRule,
    less_than_best_rule_pct: rounded(100 * (1 - schedule.weightedTardiness / bestRule)),
    iterations: schedule.iterations,
    infeasible: violations.length,
    seed,
  }),
);
process.exitCode = violations.length === 0 ? 0 : 1;

function tardinessByRule(plant: Problem): Record<string, number> {
  const { model } = compile(plant);
  const graph = createGraph(model);
  return Object.fromEntries(
    rulesFor(model).map((rule) => {
      const { order, choice } = dispatch(model, { rule, slack: 0, random: createRandom(seed) });
      loadGraph(graph, order, choice);
      return [rule, graph.cost];
    }),
  );
}

function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage(cpuStarted);
  return (user + system) / 1e6;
}

function rounded(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}
