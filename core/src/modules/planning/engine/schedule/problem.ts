/**
 * What the scheduler is asked, and what it answers: plain data, no ids of the database, no clock.
 * Everything refers to the others by index into the arrays of the problem.
 *
 * Times are whole ticks counted from the start of the plan, >= 0. The caller chooses the tick
 * (usually a minute); the whole plan must end below 2^30 ticks.
 */
export interface Problem {
  machines: Machine[];
  operations: Operation[];
}

/** A work center that does one operation at a time. */
export interface Machine {
  /** First tick it may be used (setups included). Default 0. */
  availableFrom?: number;
  /**
   * When it does not work (nights, holidays, maintenance): ticks `from` <= t < `to`, ascending, not
   * touching. Behind the last one it always works, so list them to the end of what matters. Setups
   * pause over a break; operations wait for a gap that holds them, see `isSplittable`.
   */
  breaks?: { from: number; to: number }[];
  /**
   * Ticks to change over: `setups[from family][to family]`, square. Begins when the previous
   * operation ends, needs no material, may be done before the next operation's material is there.
   * Absent: no setups.
   */
  setups?: number[][];
  /** What it is set up for at the start; absent: the first operation needs no setup. */
  setUpFor?: number;
}

/** One routing step. Steps of a job form a chain: each follows at most one and precedes at most one. */
export interface Operation {
  /** Where it can be done, each with its time in ticks; one of them is chosen. */
  alternatives: { machine: number; time: number }[];
  /** The operation it follows. Absent: it is the first of its job. */
  after?: number;
  /** Ticks its product travels to the next operation of the job (or to completion). Default 0. */
  transfer?: number;
  /**
   * Overlap: the next operation may start this many ticks (+ transfer) after this one started, when
   * the first transfer batch is done; it still ends no earlier than this one's end + transfer.
   * Absent: the next operation waits for the whole.
   */
  overlapAfter?: number;
  /** Tick by which its completion (end + transfer) is wanted, usually of an order's last operation. */
  due?: number;
  /** Cost of each tick past `due`. Whole, >= 0. Default 1. */
  weight?: number;
  /** Earliest start: arrival of material, or the order's release. Default 0. */
  release?: number;
  /** Whether it may pause over a break and go on behind it. Default: it must fit between two. */
  isSplittable?: boolean;
  /** Setup family, index into the matrices. Default 0. */
  family?: number;
  /**
   * Held by hand or already running. A machine alone restricts the choice. With `start` the
   * operation is frozen there: frozen operations of a machine come before all others on it, and
   * nothing moves them.
   */
  pin?: { machine: number; start?: number };
}

export interface Assignment {
  operation: number;
  machine: number;
  start: number;
  end: number;
}

/** An operation or machine that could not be taken as given, and what was done instead. */
export interface Finding {
  code: FindingCode;
  operations: number[];
  machines: number[];
  /** One sentence for the planner: what is wrong and what became of it. */
  message: string;
}

export type FindingCode =
  | "operation.no_machine"
  | "operation.invalid_time"
  | "operation.zero_length"
  | "operation.waits_for_unplanned"
  | "precedence.cycle"
  | "precedence.branch"
  | "precedence.unknown"
  | "pin.impossible"
  | "machine.invalid_setups"
  | "machine.invalid_breaks"
  | "problem.too_long";

/** Goals in order: weighted tardiness, then makespan. */
export interface Schedule {
  /** One per planned operation, by start; equal starts of a machine in their sequence. */
  assignments: Assignment[];
  /** End of the last operation, its transfer included; 0 for an empty plan. */
  makespan: number;
  /** Sum over all due operations of weight × ticks late; 0 without due dates. */
  weightedTardiness: number;
  /** No schedule of the planned operations can be less late. */
  tardinessBound: number;
  /** No schedule of the planned operations can be shorter: makespan / lowerBound bounds the gap. */
  lowerBound: number;
  /** Operations left out; each is named by a finding. */
  unplanned: number[];
  findings: Finding[];
  /** Moves made by the search. */
  iterations: number;
}
