import type { Calendar } from "./calendar.ts";
import type { Goal } from "./problem.ts";

/**
 * The problem as flat arrays, for the search only. Nodes are numbered
 * `0 … n-1` operations, `n` the end (no predecessor / no successor), `n+1 … n+m` the start of each
 * machine: a start is a node like any other (head = when the machine is free, family = what it is
 * set up for), so that the hot loops have no special case for the first operation of a machine.
 * Times are whole ticks. Setups hold on the machine arc only.
 */
export interface Model {
  operations: number;
  machines: number;
  /** Where the array of nodes ends: operations + 1 + machines. */
  nodes: number;
  jobs: number;
  /**
   * Job predecessor and successor per node; `operations` (the end) where there is none. Joins and
   * branches are covered by such chains as far as they go; the arcs left over are the next three.
   */
  jobPred: Int32Array;
  jobSucc: Int32Array;
  hasJoins: boolean;
  /** Further predecessors of i: `joins.preds[joins.predStart[i]] …`; the same for successors. */
  joins: Joins;
  /** Secondary resources; empty lists where nothing is needed or there is always enough. */
  hasResources: boolean;
  resources: Resources;
  /** Starts are found by placing each operation (timing.ts), not by adding up longest paths. */
  isPlaced: boolean;
  /** Place in the previous plan; machine -1: none. */
  previousMachine: Int32Array;
  previousStart: Int32Array;
  /** Those of the problem's goals that can differ between two schedules. */
  goals: Goal[];
  /** Bits of the longest makespan that can come up. */
  horizonBits: number;
  /** Earliest start per node by release date or, for a machine's start, availability. */
  release: Int32Array;
  /** Earliest end per node: when all of a frozen operation it overlaps with has arrived. */
  endsFrom: Int32Array;
  /** Alternatives of operation i: rows `choiceStart[i] … choiceStart[i+1]-1` of the next two. */
  choiceStart: Int32Array;
  choiceMachine: Int32Array;
  choiceTime: Int32Array;
  /** Overlap to the job successor, see problem.ts; -1: the successor waits for the end. */
  overlapStart: Int32Array;
  /** Operations with a due date; per node its due tick and the weight of a tick late. */
  dueNodes: Int32Array;
  due: Int32Array;
  weight: Int32Array;
  /** Whether any operation is released later than tick 0. */
  hasReleases: boolean;
  /** Ticks between the end of an operation and its job successor (transfer). */
  transfer: Int32Array;
  hasSetups: boolean;
  families: number;
  /** Family per node. */
  family: Int32Array;
  /** Offset of the setup matrix of a machine in `setup`: `[from * families + to]`. */
  setupOffset: Int32Array;
  setup: Int32Array;
  /** Mean of the setups above 0, at least 1. */
  setupMean: number;
  isFlexible: boolean;
  /** Per machine; all without breaks unless `hasCalendars`. */
  calendars: Calendar[];
  hasCalendars: boolean;
  /** Per node, 1: may pause over a break. */
  splittable: Int32Array;
  /** Operations without job successor, and those without job predecessor. */
  lastOfJob: Int32Array;
}

/** Precedence beyond the chains, both ways. */
export interface Joins {
  predStart: Int32Array;
  preds: Int32Array;
  succStart: Int32Array;
  succs: Int32Array;
}

/** Needs of operation i: rows `needStart[i] … needStart[i+1]-1`. */
export interface Resources {
  needStart: Int32Array;
  needResource: Int32Array;
  needAmount: Int32Array;
  /** Per resource when its units are first free; frozen operations hold some of them. */
  free: { at: number; units: number }[][];
}
