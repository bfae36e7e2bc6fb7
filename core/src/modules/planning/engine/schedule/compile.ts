import { at } from "./at.ts";
import { calendarOf } from "./calendar.ts";
import { inspect, type Inspected } from "./inspect.ts";
import type { Model } from "./model.ts";
import type { Assignment, Finding, Operation, Problem } from "./problem.ts";

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
 * Turns what can be planned into flat arrays. The frozen zone disappears here: its operations
 * become the availability and set-up of their machines and release dates of what follows them.
 */
export function compile(problem: Problem): Compiled {
  const inspected = inspect(problem);
  const { planned, frozen, findings, unplanned } = inspected;
  const nodeOf = new Map(planned.map((operation, node) => [operation, node]));
  const model = createModel(problem, planned.length);
  planned.forEach((index, node) => {
    const operation = problem.operations[index];
    if (operation) addOperation(model, node, operation);
  });
  addAlternatives(model, inspected);
  addChains(model, problem, inspected, nodeOf);
  addMachines(model, problem, frozen);
  addDues(model, problem, planned);
  return { model, operationOf: planned, frozen: [...frozen.values()], unplanned, findings };
}

function createModel(problem: Problem, operations: number): Model {
  const machines = problem.machines.length;
  const nodes = operations + 1 + machines;
  // The last family is "nothing": a machine's unknown state, and the end. It needs no setups.
  const families = 1 + Math.max(0, ...problem.machines.map(({ setups }) => setups?.length ?? 0));
  const withSetups = problem.machines.filter(({ setups }) => setups !== undefined).length;
  return {
    operations,
    machines,
    nodes,
    jobs: 0,
    jobPred: new Int32Array(nodes).fill(operations),
    jobSucc: new Int32Array(nodes).fill(operations),
    release: new Int32Array(nodes),
    choiceStart: new Int32Array(operations + 1),
    choiceMachine: new Int32Array(0),
    choiceTime: new Int32Array(0),
    overlapStart: new Int32Array(nodes).fill(-1),
    transfer: new Int32Array(nodes),
    dueNodes: new Int32Array(0),
    due: new Int32Array(nodes),
    weight: new Int32Array(nodes),
    hasReleases: false,
    hasSetups: withSetups > 0,
    families,
    family: new Int32Array(nodes).fill(families - 1),
    setupOffset: new Int32Array(machines),
    setup: new Int32Array((1 + withSetups) * families * families),
    isFlexible: false,
    calendars: problem.machines.map(calendarOf),
    hasCalendars: problem.machines.some(({ breaks = [] }) => breaks.length > 0),
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

function addChains(
  model: Model,
  problem: Problem,
  { planned, frozen }: Inspected,
  nodeOf: Map<number, number>,
): void {
  planned.forEach((index, node) => {
    const after = problem.operations[index]?.after;
    if (after === undefined) return;
    const pred = nodeOf.get(after);
    if (pred !== undefined) {
      model.jobPred[node] = pred;
      model.jobSucc[pred] = node;
      return;
    }
    const done = frozen.get(after);
    // An overlap with a frozen operation is not used: what runs is waited for as a whole.
    if (done) {
      const free = done.end + (problem.operations[after]?.transfer ?? 0);
      model.release[node] = Math.max(at(model.release, node), free);
    }
  });
  const last = planned
    .map((_, node) => node)
    .filter((node) => at(model.jobSucc, node) === model.operations);
  model.lastOfJob = Int32Array.from(last);
  model.jobs = last.length;
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

function addMachines(model: Model, problem: Problem, frozen: Map<number, Assignment>): void {
  const { families, operations } = model;
  let nextMatrix = families * families; // The matrix at 0 stays empty: machines without setups.
  problem.machines.forEach(({ availableFrom, setups, setUpFor }, k) => {
    const start = operations + 1 + k;
    const last = [...frozen.values()]
      .filter(({ machine }) => machine === k)
      .reduce<Assignment | null>((a, b) => (a === null || b.end >= a.end ? b : a), null);
    model.release[start] = Math.max(availableFrom ?? 0, last?.end ?? 0);
    model.family[start] = last
      ? familyIn(model, problem.operations[last.operation]?.family)
      : (setUpFor ?? families - 1);
    if (setups === undefined) return;
    model.setupOffset[k] = nextMatrix;
    setups.forEach((row, from) =>
      row.forEach((ticks, to) => {
        model.setup[nextMatrix + from * families + to] = ticks;
      }),
    );
    nextMatrix += families * families;
  });
}
