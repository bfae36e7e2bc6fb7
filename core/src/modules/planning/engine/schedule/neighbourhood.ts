import { createCriticalPath, type CriticalPath } from "./critical-path.ts";
import { createSegment, type Segment } from "./estimate.ts";
import type { Graph } from "./graph.ts";
import { createOutlook, type Outlook } from "./guess.ts";
import type { Random } from "./random.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import { createTabuList, type TabuList } from "./tabu-list.ts";
import { createTrials, type Trials } from "./trials.ts";

/**
 * The moves from one schedule to its neighbours are offered here one by one; the best allowed one
 * and a random forbidden one are kept. Plain fields instead of move objects: nothing is allocated.
 */
export interface Neighbourhood {
  graph: Graph;
  random: Random;
  tabu: TabuList;
  path: CriticalPath;
  segment: Segment;
  trials: Trials;
  outlook: Outlook;
  /** The schedule as it is while moves are tried out. */
  saved: Snapshot;
  /** Counts on from run to run, so that what an earlier run forbade has expired by itself. */
  iteration: number;
  /** What a forbidden move must beat to be allowed: a makespan, or a goal (see goalOf). */
  record: number;
  /** The path leads to this late operation; `operations`: to the end of the whole schedule. */
  target: number;
  /** The best move offered: put `u` behind `x` with alternative `row`. `noMove`: none yet. */
  estimate: number;
  u: number;
  row: number;
  x: number;
  ties: number;
  forbiddenCount: number;
  forbiddenU: number;
  forbiddenRow: number;
  forbiddenX: number;
}

export const noMove = 0x7fff_ffff;

export function createNeighbourhood(graph: Graph, random: Random): Neighbourhood {
  const { operations } = graph.model;
  return {
    graph,
    random,
    tabu: createTabuList(operations),
    path: createCriticalPath(operations),
    segment: createSegment(operations),
    trials: createTrials(),
    outlook: createOutlook(graph),
    saved: createSnapshot(graph),
    iteration: 0,
    record: 0,
    target: operations,
    estimate: noMove,
    u: 0,
    row: 0,
    x: 0,
    ties: 0,
    forbiddenCount: 0,
    forbiddenU: 0,
    forbiddenRow: 0,
    forbiddenX: 0,
  };
}

/** Takes a move into the choice: the least estimate wins, ties by lot; forbidden ones only if they would set a record. */
export function offer(
  hood: Neighbourhood,
  estimate: number,
  isTabu: boolean,
  u: number,
  row: number,
  x: number,
): void {
  if (isTabu && estimate >= hood.record) {
    hood.forbiddenCount += 1;
    if (hood.random.below(hood.forbiddenCount) === 0) {
      hood.forbiddenU = u;
      hood.forbiddenRow = row;
      hood.forbiddenX = x;
    }
    return;
  }
  if (estimate > hood.estimate) return;
  if (estimate === hood.estimate) {
    hood.ties += 1;
    if (hood.random.below(hood.ties) !== 0) return;
  } else {
    hood.ties = 1;
    hood.estimate = estimate;
  }
  hood.u = u;
  hood.row = row;
  hood.x = x;
}
