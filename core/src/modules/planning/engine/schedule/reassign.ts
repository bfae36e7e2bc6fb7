import { at } from "./at.ts";
import { guessElsewhere } from "./guess.ts";
import { arrivalByJob, setupBetween, setupOn } from "./timing.ts";
import { offer, type Neighbourhood } from "./neighbourhood.ts";
import { placeTabuUntil } from "./tabu-list.ts";
import { noteTrial } from "./trials.ts";

/**
 * Moves of critical operations to another machine: every place between two neighbours there from
 * which no path leads back.
 * @source Mastrolilli, Gambardella, "Effective neighbourhood functions for the flexible job shop
 * problem", J. of Scheduling 3(1), 2000. They remove the operation first and recompute all heads
 * and tails; we keep those of the whole graph, which is exact where the place is not itself behind
 * (before) the operation and pessimistic elsewhere, and costs nothing.
 */
export function considerReassignments(hood: Neighbourhood): void {
  const { path, graph } = hood;
  const { choiceStart } = graph.model;
  const start = path.length > lookedAt ? hood.random.below(path.length) : 0;
  for (let count = 0; count < Math.min(lookedAt, path.length); count += 1) {
    const k = start + count < path.length ? start + count : start + count - path.length;
    const u = at(path.nodes, k);
    const to = at(choiceStart, u + 1);
    for (let row = at(choiceStart, u); row < to; row += 1) {
      if (row === at(graph.choice, u)) continue;
      if (graph.keepsTails) considerPlaces(hood, u, row);
      else tryPlaces(hood, u, row);
    }
  }
}

/** Operations of a long path that are looked at in one iteration: the next ones of a place by lot. */
const lookedAt = 300;

function considerPlaces(hood: Neighbourhood, u: number, row: number): void {
  const { graph } = hood;
  const { head, tail, time, step, machineSucc, model } = graph;
  const { jobPred, jobSucc, hasSetups, operations: end } = model;
  const machine = at(model.choiceMachine, row);
  if (machine === at(graph.machine, u)) return;
  const ownTime = at(model.choiceTime, row);
  const p = at(jobPred, u);
  const s = at(jobSucc, u);
  // An overlapped step depends on both times; its old value is near enough for an estimate.
  const ownStep = at(step, u) + (at(model.overlapStart, u) < 0 ? ownTime - at(time, u) : 0);
  const byJob = Math.max(at(model.release, u), at(head, p) + at(step, p));
  const toJob = ownStep + at(tail, s);
  const isTabu = placeTabuUntil(hood.tabu, u, machine) >= hood.iteration;
  const latestX = s === end ? 0x7fff_ffff : at(head, s) + at(time, s);
  const earliestY = p === end ? -1 : at(head, p);
  let x = end + 1 + machine;
  for (;;) {
    const y = at(machineSucc, x);
    // x must not depend on u's job successor: it would have to start behind that one's end.
    if (x < end && at(head, x) >= latestX) break;
    // y must not lead to u's job predecessor: it would have to end before that one starts.
    if (y === end || at(head, y) + at(time, y) > earliestY) {
      let start = at(head, x) + at(time, x);
      if (hasSetups) start += setupBetween(graph, x, u);
      if (byJob > start) start = byJob;
      let rest = ownTime + at(tail, y);
      if (hasSetups && y !== end) rest += setupOn(model, machine, u, y);
      if (toJob > rest) rest = toJob;
      offer(hood, start + rest, isTabu, u, row, x);
    }
    if (y === end) break;
    x = y;
  }
}

/**
 * Without tails, only the two places around the moment the operation's job is ready for it are
 * tried out: earlier ones would wait, later ones come too late.
 */
function tryPlaces(hood: Neighbourhood, u: number, row: number): void {
  const { graph } = hood;
  const { head, machineSucc, model } = graph;
  const machine = at(model.choiceMachine, row);
  const ready = Math.max(at(model.release, u), arrivalByJob(graph, u));
  const isTabu = placeTabuUntil(hood.tabu, u, machine) >= hood.iteration;
  let before = model.operations;
  let x = model.operations + 1 + machine;
  for (
    let y = at(machineSucc, x);
    y < model.operations && at(head, y) < ready;
    y = at(machineSucc, y)
  ) {
    before = x;
    x = y;
  }
  for (const place of before === model.operations ? [x] : [x, before])
    noteTrial(
      hood.trials,
      isTabu,
      u,
      row,
      place,
      guessElsewhere(graph, hood.outlook, u, row, place),
    );
}
