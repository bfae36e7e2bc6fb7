import { at } from "./at.ts";
import { calendarOf, type Break } from "./calendar.ts";
import { compile, type Compiled } from "./compile.ts";
import { dispatch, type Sequence } from "./dispatch.ts";
import { goalOf } from "./goals.ts";
import { createGraph, type Graph } from "./graph.ts";
import { loadGraph } from "./moves.ts";
import { previousSequence } from "./previous.ts";
import type { Assignment, Finding, Machine, Operation, Problem, Schedule } from "./problem.ts";
import { createRandom } from "./random.ts";
import { scheduleOf } from "./solve.ts";
import { createTabuSearch, restoreBest } from "./tabu.ts";
import { runWalk } from "./walk.ts";

/** A machine that does not work from `now` until (at least) `until`. */
export interface Stop {
  machine: number;
  now: number;
  until: number;
}

export interface Repaired {
  /** What was asked of the repair: done and running work frozen, the stop in the calendar. */
  problem: Problem;
  schedule: Schedule;
  /** Operations that start at another tick or on another machine than before. */
  moved: number[];
}

/**
 * The plan after a stop, in the time of a click: first everything keeps its machine and, as far as
 * that is no harm, its sequence, then the worst of it is mended with `trials` moves. Weighted
 * tardiness counts first, then nearness to the old plan. What the machine was doing goes on after
 * the stop if it may pause, else it starts again. Pure; the same answer for the same question.
 */
export function repair(
  problem: Problem,
  plan: Schedule,
  stop: Stop,
  trials = trialsDefault,
): Repaired {
  const { renewed, compiled } = renew(problem, plan, stop);
  const { model } = compiled;
  const graph = createGraph(model);
  graph.keepsTails = false;
  if (model.operations > 0) {
    const start = betterStart(graph);
    loadGraph(graph, start.order, start.choice);
    const search = createTabuSearch(graph, createRandom(stop.now));
    const limits = { patience: trials, goal: 0, shouldStop: () => false, iterationsMax: trials };
    if (model.goals[0] === "tardiness") {
      runWalk(search, limits);
      restoreBest(search);
    }
  }
  const none = { makespan: 0, tardiness: 0 };
  const schedule = scheduleOf(renewed, compiled, model.operations > 0 ? graph : null, none, trials);
  return { problem: renewed, schedule, moved: movedBetween(plan, schedule) };
}

/**
 * The old sequences, pushed as far as the stop pushes them; or a machine does not wait long for what
 * comes later now, and takes the next of its old sequence that is there. Half the slack of an active
 * schedule: none and all of it came out 5 and 10 % later in the plant of the benchmark.
 */
function betterStart(graph: Graph): Sequence {
  const { model } = graph;
  const pushed = previousSequence(model);
  const passed = dispatch(model, {
    rule: "previous_start",
    slack: 0.5,
    keepsMachines: true,
    random: createRandom(1),
  });
  // Nothing of the old plan is left to be planned: only what the caller added is.
  if (pushed === null) return passed;
  loadGraph(graph, pushed.order, pushed.choice);
  const costPushed = goalOf(graph);
  loadGraph(graph, passed.order, passed.choice);
  return goalOf(graph) < costPushed ? passed : pushed;
}

/** About 50 ms of moves in a plant of 10,000 operations. */
const trialsDefault = 400;

/**
 * The problem from `now` on. What is done or runs, but cannot have been done as the problem says, is
 * let go and named: it is planned again, and as nothing can be planned in the past, not before `now`.
 */
function renew(
  problem: Problem,
  plan: Schedule,
  stop: Stop,
): { renewed: Problem; compiled: Compiled } {
  const letGo = new Set<number>();
  const named: Finding[] = [];
  for (let round = 1; ; round += 1) {
    const renewed = renewProblem(problem, plan, stop, letGo);
    const compiled = compile(renewed);
    const impossible = compiled.findings.filter(
      ({ code, operations }) =>
        code === "pin.impossible" &&
        operations.some((index) => renewed.operations[index]?.pin?.start !== undefined),
    );
    if (impossible.length === 0 || round === roundsMax)
      return { renewed, compiled: { ...compiled, findings: [...named, ...compiled.findings] } };
    named.push(...impossible);
    for (const { operations } of impossible) for (const index of operations) letGo.add(index);
  }
}

/** What follows what is let go is let go in the same round: two are enough unless the plan is none. */
const roundsMax = 4;

function renewProblem(
  problem: Problem,
  plan: Schedule,
  stop: Stop,
  letGo: ReadonlySet<number>,
): Problem {
  const placeOf = new Map(plan.assignments.map((one) => [one.operation, one]));
  const lastEnd = new Map<number, number>();
  const operations = problem.operations.map((operation, index): Operation => {
    const place = placeOf.get(index);
    if (!place) return operation;
    if (letGo.has(index) || !isHeld(operation, place, stop))
      return released(operation, place, stop.now);
    // A milestone at its very end still lies before the break that follows.
    const end = Math.max(place.end, place.start + 1, lastEnd.get(place.machine) ?? 0);
    lastEnd.set(place.machine, end);
    return { ...operation, pin: { machine: place.machine, start: place.start } };
  });
  const machines = problem.machines.map((machine, k) =>
    renewMachine(machine, lastEnd.get(k) ?? machine.availableFrom ?? 0, k, stop),
  );
  return { ...problem, goals: ["tardiness", "change", "setup", "makespan"], machines, operations };
}

/** Done, or running: except on the stopped machine what may not pause, and what the stop undoes. */
function isHeld(operation: Operation, place: Assignment, { machine, now }: Stop): boolean {
  if (place.start >= now) return operation.pin?.start !== undefined && place.machine !== machine;
  const isInterrupted = place.machine === machine && place.end > now;
  return !isInterrupted || operation.isSplittable === true;
}

function released(operation: Operation, { machine, start }: Assignment, now: number): Operation {
  const release = Math.max(now, operation.release ?? 0);
  const free: Operation = { ...operation, release, previous: { machine, start } };
  // What is interrupted, or was frozen on the stopped machine, keeps the machine but not the start.
  if (operation.pin?.start !== undefined) free.pin = { machine: operation.pin.machine };
  return free;
}

/** The past is over: no setup can be done in it any more. */
function renewMachine(machine: Machine, lastEnd: number, k: number, stop: Stop): Machine {
  const breaks: Break[] = [...(machine.breaks ?? [])];
  if (lastEnd < stop.now) breaks.push({ from: lastEnd, to: stop.now });
  if (k === stop.machine) breaks.push({ from: stop.now, to: stop.until });
  const { from, to } = calendarOf(breaks);
  return { ...machine, breaks: Array.from(from, (tick, b) => ({ from: tick, to: at(to, b) })) };
}

function movedBetween(plan: Schedule, renewed: Schedule): number[] {
  const before = new Map(plan.assignments.map((one) => [one.operation, one]));
  return renewed.assignments
    .filter(({ operation, machine, start }) => {
      const old = before.get(operation);
      return old?.machine !== machine || old.start !== start;
    })
    .map(({ operation }) => operation)
    .sort((a, b) => a - b);
}
