import { at } from "./at.ts";
import { compile, type Compiled } from "./compile.ts";
import { sequenceOf, type Elite } from "./elite.ts";
import { createGraph, loadGraph } from "./graph.ts";
import { lowerBound } from "./lower-bound.ts";
import type { Assignment, Problem, Schedule } from "./problem.ts";
import { search } from "./search.ts";

export interface SolveOptions {
  /** The same problem, seed and number of iterations give the same schedule. */
  seed: number;
  /**
   * Asked about every millisecond. True: the best schedule so far is returned at once; the search
   * never starts when it is true from the beginning, a dispatched schedule is still returned.
   */
  shouldStop: () => boolean;
  /** Moves at most. Default: unlimited. */
  iterationsMax?: number;
  /** Told each better makespan. */
  onImprovement?: (makespan: number) => void;
  /**
   * Swaps good schedules with a search of the same problem on another thread: takes our newest one,
   * returns theirs if there is a new one. Plain arrays, see elite.ts; the caller copies.
   */
  exchange?: (own: Elite) => Elite | null;
}

/**
 * Plans all operations that can be planned, with the shortest makespan found until told to stop.
 * Pure: no I/O, no clock, no randomness but the seed. Bad input never throws: see Schedule.findings.
 */
export function solve(problem: Problem, options: SolveOptions): Schedule {
  const compiled = compile(problem);
  const { model, frozen } = compiled;
  if (model.operations === 0) return assemble(problem, compiled, [], { bound: 0, iterations: 0 });
  const bound = lowerBound(model);
  const { best, iterations } = search(model, { ...options, goal: bound });
  const graph = createGraph(model);
  const { order, choice } = sequenceOf(best);
  loadGraph(graph, order, choice);
  // In topological order, so that operations with equal starts stay in their machine's sequence.
  const assignments = Array.from(graph.order, (i) => ({
    operation: compiled.operationOf[i] ?? 0,
    machine: at(graph.machine, i),
    start: at(graph.head, i),
    end: at(graph.head, i) + at(graph.time, i),
  }));
  return assemble(problem, compiled, [...frozen, ...assignments], { bound, iterations });
}

function assemble(
  problem: Problem,
  { frozen, unplanned, findings }: Compiled,
  assignments: Assignment[],
  { bound, iterations }: { bound: number; iterations: number },
): Schedule {
  const all = assignments.length > 0 ? assignments : [...frozen];
  const completion = ({ operation, end }: Assignment): number =>
    end + (problem.operations[operation]?.transfer ?? 0);
  return {
    assignments: all.sort((a, b) => a.start - b.start),
    makespan: all.reduce((latest, assignment) => Math.max(latest, completion(assignment)), 0),
    lowerBound: frozen.reduce(
      (latest, assignment) => Math.max(latest, completion(assignment)),
      bound,
    ),
    unplanned,
    findings,
    iterations,
  };
}
