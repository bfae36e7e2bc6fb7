import { at } from "./at.ts";
import { compile, type Compiled } from "./compile.ts";
import { sequenceOf } from "./elite.ts";
import { createGraph, type Graph } from "./graph.ts";
import { loadGraph } from "./moves.ts";
import { explainLateness } from "./lateness.ts";
import { endOf } from "./timing.ts";
import { lowerBound, type Bound } from "./lower-bound.ts";
import { previousOf } from "./previous.ts";
import type { Assignment, Problem, Schedule } from "./problem.ts";
import { search } from "./search.ts";
import type { SolveOptions } from "./solve-options.ts";

/**
 * Plans all operations that can be planned, as well for the problem's goals as found until told to stop.
 * Pure: no I/O, no clock, no randomness but the seed. Bad input never throws: see Schedule.findings.
 */
export function solve(problem: Problem, options: SolveOptions): Schedule {
  const compiled = compile(problem);
  const { model } = compiled;
  if (model.operations === 0)
    return scheduleOf(problem, compiled, null, { makespan: 0, tardiness: 0 }, 0);
  const bound = lowerBound(model);
  const { best, iterations } = search(model, { ...options, bound });
  const graph = createGraph(model);
  const { order, choice } = sequenceOf(best);
  loadGraph(graph, order, choice);
  return scheduleOf(problem, compiled, graph, bound, iterations);
}

/** The answer for the caller: what is in the graph (null: nothing was left to plan) and what is frozen. */
export function scheduleOf(
  problem: Problem,
  compiled: Compiled,
  graph: Graph | null,
  bound: Bound,
  iterations: number,
): Schedule {
  // In topological order, so that operations with equal starts stay in their machine's sequence.
  const planned = Array.from(graph?.order ?? [], (i) => ({
    operation: compiled.operationOf[i] ?? 0,
    machine: graph ? at(graph.machine, i) : 0,
    start: graph ? at(graph.head, i) : 0,
    end: graph ? endOf(graph, i) : 0,
  }));
  return assemble(problem, compiled, [...compiled.frozen, ...planned], bound, iterations);
}

function assemble(
  problem: Problem,
  { frozen, unplanned, findings }: Compiled,
  assignments: Assignment[],
  bound: Bound,
  iterations: number,
): Schedule {
  const completion = ({ operation, end }: Assignment): number =>
    end + (problem.operations[operation]?.transfer ?? 0);
  const lateness = (assignment: Assignment): number => {
    const { due = Infinity, weight = 1 } = problem.operations[assignment.operation] ?? {};
    return weight * Math.max(0, completion(assignment) - due);
  };
  const sorted = assignments.toSorted((a, b) => a.start - b.start);
  const last = (some: Assignment[]): number =>
    some.reduce((end, a) => Math.max(end, completion(a)), 0);
  const late = (some: Assignment[]): number => some.reduce((sum, a) => sum + lateness(a), 0);
  return {
    assignments: sorted,
    makespan: last(assignments),
    lowerBound: Math.max(bound.makespan, last(frozen)),
    weightedTardiness: late(assignments),
    setup: setupOf(problem, sorted),
    change: changeOf(problem, assignments),
    tardinessBound: bound.tardiness + late(frozen),
    late: explainLateness(problem, sorted),
    unplanned,
    findings,
    iterations,
  };
}

function setupOf({ machines, operations }: Problem, sorted: Assignment[]): number {
  const states = machines.map(({ setUpFor }) => setUpFor);
  let setup = 0;
  for (const { machine, operation } of sorted) {
    const from = states[machine];
    const to = operations[operation]?.family ?? 0;
    if (from !== undefined) setup += machines[machine]?.setups?.[from]?.[to] ?? 0;
    states[machine] = to;
  }
  return setup;
}

function changeOf({ operations }: Problem, assignments: Assignment[]): number {
  return assignments.reduce((change, { operation, machine, start }) => {
    const asked = operations[operation];
    const previous = asked && previousOf(asked);
    if (asked === undefined || previous === undefined) return change;
    const moved = Math.abs(start - previous.start);
    if (machine === previous.machine) return change + moved;
    const times = asked.alternatives
      .filter((row) => row.machine === machine)
      .map((row) => row.time);
    return change + moved + Math.min(...times);
  }, 0);
}
