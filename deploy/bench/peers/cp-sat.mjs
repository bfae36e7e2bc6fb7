/**
 * Solves one problem (problem.ts, as JSON on stdin) with CP-SAT on one search thread and prints
 * `{ assignments, objective, bound, seconds }` as JSON. Knows alternatives, precedence with transfer,
 * setups, due dates; the first goal only. With `below`, only schedules with a lower objective count:
 * the status INFEASIBLE then proves that there is none. A process of its own, so that nothing of it
 * stays behind.
 */
import { text } from "node:stream/consumers";

const { problem, seconds, seed, clock, below = Infinity } = JSON.parse(await text(process.stdin));
if (clock === "cpu") countOwnSeconds();
const { CpModel, CpSolver, LinearExpr } = await import("or-tools-wasm/cp-sat");
const [goal = "tardiness"] = problem.goals ?? [];
const horizon = Math.min(horizonOf(problem), goal === "makespan" ? below - 1 : Infinity);
const model = new CpModel();
const steps = problem.operations.map((operation, index) => addOperation(operation, index));
addPrecedence();
problem.machines.forEach((machine, k) => addMachine(machine, k));
model.minimize(objective());

const solver = new CpSolver();
const started = performance.now();
const status = await solver.solve(model, {
  numSearchWorkers: 1,
  maxTimeInSeconds: seconds,
  randomSeed: seed,
});
const statusName = solver.statusName(status);
const isSolved = ["OPTIMAL", "FEASIBLE"].includes(statusName);
console.log(
  JSON.stringify({
    status: statusName,
    seconds: (performance.now() - started) / 1000,
    objective: isSolved ? solver.objectiveValue() : null,
    bound: statusName === "INFEASIBLE" ? below : solver.bestObjectiveBound(),
    assignments: isSolved ? steps.map((step, index) => assignmentOf(step, index)) : [],
  }),
);
process.exit(0);

/**
 * The solver runs on this thread and asks these two for the time, so its limit is then in seconds of
 * the thread's CPU: a busy machine takes nothing away from it.
 */
function countOwnSeconds() {
  const epoch = Date.now();
  // It asks sixty thousand times a second and the answer is a system call: most get the last one.
  const askedPerLook = 16;
  let asked = 0;
  let last = 0;
  const cpuMs = () => {
    if (asked % askedPerLook === 0) {
      const { user, system } = process.threadCpuUsage();
      last = (user + system) / 1000;
    }
    asked += 1;
    return last;
  };
  performance.now = cpuMs;
  Date.now = () => epoch + cpuMs();
}

function horizonOf({ machines, operations }) {
  const setups = machines.flatMap(({ setups: rows = [] }) => rows.flat());
  const setupMax = setups.reduce((most, ticks) => Math.max(most, ticks), 0);
  return operations.reduce(
    (sum, { alternatives, transfer = 0, release = 0 }) =>
      sum + Math.max(...alternatives.map(({ time }) => time)) + transfer + release + setupMax,
    0,
  );
}

function addOperation({ alternatives, release = 0 }, index) {
  const start = model.newIntVar(release, horizon, `s${index}`);
  const end = model.newIntVar(0, horizon, `e${index}`);
  if (alternatives.length === 1) {
    const [{ machine, time }] = alternatives;
    const interval = model.newIntervalVar(start, time, end, `i${index}`);
    return { start, end, places: [{ machine, time, interval, isHere: null }] };
  }
  const places = alternatives.map(({ machine, time }) => {
    const isHere = model.newBoolVar(`p${index}_${machine}`);
    const interval = model.newOptionalIntervalVar(start, time, end, isHere, `i${index}_${machine}`);
    return { machine, time, interval, isHere };
  });
  model.addExactlyOne(places.map(({ isHere }) => isHere));
  return { start, end, places };
}

function addPrecedence() {
  problem.operations.forEach(({ after = [] }, index) => {
    for (const pred of [after].flat()) {
      const transfer = problem.operations[pred].transfer ?? 0;
      const gap = LinearExpr.weightedSum([steps[index].start, steps[pred].end], [1, -1]);
      model.addLinearConstraint(gap, transfer, 2 * horizon);
    }
  });
}

/** No two at a time; with setups also who follows whom, as a circuit. */
function addMachine({ setups, setUpFor }, k) {
  const here = steps.flatMap(({ start, end, places }, index) =>
    places.filter(({ machine }) => machine === k).map((place) => ({ index, start, end, ...place })),
  );
  if (here.length === 0) return;
  model.addNoOverlap(here.map(({ interval }) => interval));
  if (setups === undefined) return;
  const arcs = [[0, 0, model.newBoolVar(`empty${k}`)]];
  here.forEach((to, b) => {
    const isFirst = model.newBoolVar(`first${k}_${b}`);
    arcs.push([0, b + 1, isFirst], [b + 1, 0, model.newBoolVar(`last${k}_${b}`)]);
    if (to.isHere !== null) arcs.push([b + 1, b + 1, to.isHere.not()]);
    const first = setUpFor === undefined ? 0 : setups[setUpFor][family(to)];
    model.addLinearConstraint(to.start, first, horizon).onlyEnforceIf(isFirst);
    here.forEach((from, a) => {
      if (a === b) return;
      const isNext = model.newBoolVar(`next${k}_${a}_${b}`);
      arcs.push([a + 1, b + 1, isNext]);
      const gap = LinearExpr.weightedSum([to.start, from.end], [1, -1]);
      const setup = setups[family(from)][family(to)];
      model.addLinearConstraint(gap, setup, 2 * horizon).onlyEnforceIf(isNext);
    });
  });
  model.addCircuit(arcs);
}

function family({ index }) {
  return problem.operations[index].family ?? 0;
}

function objective() {
  if (goal === "makespan") {
    const makespan = model.newIntVar(0, horizon, "makespan");
    model.addMaxEquality(
      makespan,
      steps.map(({ end }) => end),
    );
    return makespan;
  }
  const late = problem.operations.flatMap(({ due, weight = 1, transfer = 0 }, index) => {
    if (due === undefined) return [];
    const most = Math.min(horizon, Math.floor((below - 1) / weight));
    const ticks = model.newIntVar(0, most, `late${index}`);
    const gap = LinearExpr.weightedSum([ticks, steps[index].end], [1, -1]);
    model.addLinearConstraint(gap, transfer - due, 2 * horizon);
    return [{ ticks, weight }];
  });
  const sum = LinearExpr.weightedSum(
    late.map(({ ticks }) => ticks),
    late.map(({ weight }) => weight),
  );
  if (below < Infinity) model.addLinearConstraint(sum, 0, below - 1);
  return sum;
}

function assignmentOf({ start, end, places }, operation) {
  const { machine } = places.find(({ isHere }) => isHere === null || solver.value(isHere) > 0);
  return { operation, machine, start: solver.value(start), end: solver.value(end) };
}
