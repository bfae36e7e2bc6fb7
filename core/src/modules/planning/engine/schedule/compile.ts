import { arrivalOf } from "./arrival.ts";
import { at } from "./at.ts";
import { calendarOf } from "./calendar.ts";
import { inspect } from "./inspect.ts";
import type { Inspected } from "./inspected.ts";
import { compileJoins, compileResources, noJoins, noResources } from "./compile-shared.ts";
import { goalsThatDiffer, horizonBitsOf } from "./goals.ts";
import type { Model } from "./model.ts";
import { predecessorsOf } from "./precedence.ts";
import { previousOf } from "./previous.ts";
import type { Assignment, Finding, Operation, Problem } from "./problem.ts";
import { reserve } from "./reserve.ts";

/** A problem ready for the search. */
export interface Compiled {
  model: Model;
  /** Index in the problem of each operation of the model. */
  operationOf: number[];
  /** Frozen operations: fixed already, no part of the model. */
  frozen: Assignment[];
  unplanned: number[];
  findings: Finding[];
}

/**
 * Turns what can be planned into flat arrays. Frozen operations disappear here: they become the
 * availability, set-up and calendar of their machines and release dates of what follows them.
 */
export function compile(problem: Problem): Compiled {
  const inspected = inspect(problem);
  const { planned, frozen, findings, unplanned } = inspected;
  const nodeOf = new Map(planned.map((operation, node) => [operation, node]));
  const model = createModel(problem, inspected);
  planned.forEach((index, node) => {
    const operation = problem.operations[index];
    if (operation) addOperation(model, node, operation);
  });
  addAlternatives(model, inspected);
  addPrecedence(model, problem, inspected, nodeOf);
  addMachines(model, problem, inspected);
  model.setupMean = meanOf(model.setup);
  addDues(model, problem, planned);
  model.resources = compileResources(problem, planned, frozen);
  model.hasResources = model.resources.needResource.length > 0;
  const overlapsFrozen = model.endsFrom.some((end) => end > 0);
  model.isPlaced = model.hasCalendars || model.hasJoins || model.hasResources || overlapsFrozen;
  model.horizonBits = horizonBitsOf(model);
  model.goals = goalsThatDiffer(model, problem);
  return { model, operationOf: planned, frozen: [...frozen.values()], unplanned, findings };
}

function createModel(problem: Problem, { planned, usable }: Inspected): Model {
  const operations = planned.length;
  const machines = problem.machines.length;
  const nodes = operations + 1 + machines;
  // The last family is "nothing": a machine's unknown state, and the end. It needs no setups.
  const matrices = problem.machines.flatMap(({ setups }, k) =>
    setups !== undefined && usable[k] === true ? [setups.length] : [],
  );
  const families = 1 + matrices.reduce((most, size) => Math.max(most, size), 0);
  return {
    operations,
    machines,
    nodes,
    jobs: 0,
    jobPred: new Int32Array(nodes).fill(operations),
    jobSucc: new Int32Array(nodes).fill(operations),
    hasJoins: false,
    joins: noJoins(nodes),
    hasResources: false,
    resources: noResources(nodes),
    isPlaced: false,
    previousMachine: new Int32Array(nodes).fill(-1),
    previousStart: new Int32Array(nodes),
    goals: [],
    horizonBits: 0,
    release: new Int32Array(nodes),
    endsFrom: new Int32Array(nodes),
    choiceStart: new Int32Array(operations + 1),
    choiceMachine: new Int32Array(0),
    choiceTime: new Int32Array(0),
    overlapStart: new Int32Array(nodes).fill(-1),
    transfer: new Int32Array(nodes),
    dueNodes: new Int32Array(0),
    due: new Int32Array(nodes),
    weight: new Int32Array(nodes),
    hasReleases: false,
    hasSetups: matrices.length > 0,
    families,
    family: new Int32Array(nodes).fill(families - 1),
    setupOffset: new Int32Array(machines),
    setup: new Int32Array((1 + matrices.length) * families * families),
    setupMean: 1,
    isFlexible: false,
    calendars: [],
    hasCalendars: false,
    splittable: new Int32Array(nodes),
    lastOfJob: new Int32Array(0),
  };
}

function addOperation(model: Model, node: number, operation: Operation): void {
  model.release[node] = operation.release ?? 0;
  model.splittable[node] = operation.isSplittable ? 1 : 0;
  model.transfer[node] = operation.transfer ?? 0;
  model.overlapStart[node] = operation.overlapAfter ?? -1;
  model.family[node] = familyIn(model, operation.family);
  const previous = previousOf(operation);
  if (previous === undefined) return;
  model.previousMachine[node] = previous.machine;
  model.previousStart[node] = previous.start;
}

/** A family beyond every matrix runs only where there are no setups. */
function familyIn({ families }: Model, family = 0): number {
  return Math.min(family, families - 1);
}

function addAlternatives(model: Model, { planned, alternatives }: Inspected): void {
  const rows = planned.map((index) => alternatives.get(index) ?? []);
  const all = rows.flat();
  model.choiceMachine = Int32Array.from(all, ({ machine }) => machine);
  model.choiceTime = Int32Array.from(all, ({ time }) => time);
  rows.forEach((row, node) => {
    model.choiceStart[node + 1] = at(model.choiceStart, node) + row.length;
  });
  model.isFlexible = rows.some((row) => row.length > 1);
}

/** Chains as far as they go, joins for the rest. */
function addPrecedence(
  model: Model,
  problem: Problem,
  { planned, frozen }: Inspected,
  nodeOf: Map<number, number>,
): void {
  const end = model.operations;
  const arcs: { from: number; to: number }[] = [];
  planned.forEach((index, node) => {
    const operation = problem.operations[index];
    for (const after of operation ? predecessorsOf(operation) : []) {
      const pred = nodeOf.get(after);
      const done = frozen.get(after);
      if (pred === undefined) {
        if (done) followFrozen(model, node, problem, done);
      } else if (at(model.jobPred, node) === end && at(model.jobSucc, pred) === end) {
        model.jobPred[node] = pred;
        model.jobSucc[pred] = node;
      } else arcs.push({ from: pred, to: node });
    }
  });
  model.hasJoins = arcs.length > 0;
  model.joins = compileJoins(arcs, model.nodes);
  const last = planned
    .map((_, node) => node)
    .filter((node) => at(model.jobSucc, node) === model.operations);
  model.lastOfJob = Int32Array.from(last);
  model.jobs = last.length;
}

function followFrozen(model: Model, node: number, problem: Problem, done: Assignment): void {
  const calendar = calendarOf(problem.machines[done.machine]?.breaks ?? []);
  const { first, last } = arrivalOf(problem, done, calendar);
  model.release[node] = Math.max(at(model.release, node), first);
  if (first < last) model.endsFrom[node] = Math.max(at(model.endsFrom, node), last);
}

function addDues(model: Model, problem: Problem, planned: number[]): void {
  const due = planned.flatMap((index, node) => {
    const operation = problem.operations[index];
    if (operation?.due === undefined) return [];
    model.due[node] = operation.due;
    model.weight[node] = operation.weight ?? 1;
    return model.weight[node] === 0 ? [] : [node];
  });
  model.dueNodes = Int32Array.from(due);
  model.hasReleases = planned.some((_, node) => at(model.release, node) > 0);
}

function addMachines(model: Model, problem: Problem, { frozen, usable }: Inspected): void {
  const { families, operations } = model;
  const earliest = model.release
    .subarray(0, operations)
    .reduce((least, release) => Math.min(least, release), 0x7fff_ffff);
  const frozenOn = Map.groupBy(frozen.values(), ({ machine }) => machine);
  let nextMatrix = families * families; // The matrix at 0 stays empty: machines without setups.
  problem.machines.forEach((machine, k) => {
    const start = operations + 1 + k;
    const held = frozenOn.get(k) ?? [];
    const { availableFrom, family, calendar } = reserve(problem, machine, held, earliest);
    model.release[start] = availableFrom;
    model.calendars.push(calendar);
    model.hasCalendars ||= calendar.to.length > 0;
    model.family[start] = family === undefined ? families - 1 : familyIn(model, family);
    if (machine.setups === undefined || usable[k] !== true) return;
    model.setupOffset[k] = nextMatrix;
    machine.setups.forEach((row, from) =>
      row.forEach((ticks, to) => {
        model.setup[nextMatrix + from * families + to] = ticks;
      }),
    );
    nextMatrix += families * families;
  });
}

/** Of those above 0, at least 1. */
function meanOf(setups: Int32Array): number {
  let sum = 0;
  let count = 0;
  for (const ticks of setups) {
    sum += ticks;
    if (ticks > 0) count += 1;
  }
  return Math.max(1, sum / Math.max(1, count));
}
