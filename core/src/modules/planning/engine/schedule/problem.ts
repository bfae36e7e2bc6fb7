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
  /** What operations need beside their machine: people of a skill, tools, ovens' power. */
  resources?: Resource[];
  /**
   * What counts, the most important first; a later one only decides where all before it are equal.
   * Default: tardiness, setup, makespan, change. Goals left out do not count at all.
   */
  goals?: readonly Goal[];
}

/**
 * `tardiness`: weight × ticks late, summed. `setup`: ticks of changeover, summed. `makespan`: end of
 * the last operation. `change`: how far the plan is from the previous one, see Operation.previous.
 */
export type Goal = "tardiness" | "setup" | "makespan" | "change";

/** Units that are all alike, each used by one operation at a time. */
export interface Resource {
  /** Whole, >= 1. */
  capacity: number;
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

/** One routing step. Operations may join (assembly) and branch (one part for several orders). */
export interface Operation {
  /** Where it can be done, each with its time in ticks; one of them is chosen. */
  alternatives: { machine: number; time: number }[];
  /** The operations it follows; one may be given plainly. Absent or none: it starts its job. */
  after?: number | number[];
  /** Units it takes from its start to its end, pauses included. `amount` >= 1, default 1. */
  needs?: { resource: number; amount?: number }[];
  /** Ticks its product travels to the operations that follow (or to completion). Default 0. */
  transfer?: number;
  /**
   * Overlap: a following operation may start this many ticks (+ transfer) after this one started, when
   * the first transfer batch is done; it still ends no earlier than this one's end + transfer.
   * Absent: what follows waits for the whole.
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
   * operation is frozen there and nothing moves it; what it follows must be frozen as well. Others
   * are planned before it only where the longest setups to and from it fit too.
   */
  pin?: { machine: number; start?: number };
  /** Its place in the plan that is being renewed: the search starts from there, see Goal `change`. */
  previous?: { machine: number; start: number };
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
  | "operation.unknown_machine"
  | "operation.invalid_time"
  | "operation.zero_length"
  | "operation.invalid_previous"
  | "operation.waits_for_unplanned"
  | "operation.resource_short"
  | "resource.invalid_capacity"
  | "precedence.cycle"
  | "precedence.unknown"
  | "pin.impossible"
  | "machine.invalid_setups"
  | "machine.invalid_breaks"
  | "machine.never_works"
  | "operation.fits_no_gap"
  | "operation.too_long";

/** A due operation that comes too late, and what its work waited for on the way. */
export interface LateOperation {
  operation: number;
  /** Ticks past its due tick, and their cost. */
  late: number;
  cost: number;
  /** The longest wait first; `work` stands at the end: what it would take without any wait. */
  reasons: LateReason[];
}

/**
 * `capacity`: the machine was busy with `operation`. `setup`: changeover from it. `resource`: units
 * were held, by `operation` at last. `material`: the release of `operation`. `calendar`: breaks of
 * the machine. `fence`: frozen `operation`, or the machine not available yet. `work`: no wait.
 */
export interface LateReason {
  kind: "capacity" | "setup" | "resource" | "material" | "calendar" | "fence" | "work";
  ticks: number;
  machine?: number;
  resource?: number;
  operation?: number;
}

export interface Schedule {
  /** One per planned operation, by start; equal starts of a machine in their sequence. */
  assignments: Assignment[];
  /** End of the last operation, its transfer included; 0 for an empty plan. */
  makespan: number;
  /** Sum over all due operations of weight × ticks late; 0 without due dates. */
  weightedTardiness: number;
  /** Ticks of changeover of all machines. */
  setup: number;
  /**
   * Distance to the previous plan: ticks by which starts moved, and the length of each operation
   * that went to another machine. 0 without a previous plan.
   */
  change: number;
  /** No schedule of the planned operations can be less late. */
  tardinessBound: number;
  /** No schedule of the planned operations can be shorter: makespan / lowerBound bounds the gap. */
  lowerBound: number;
  /** Due operations that come too late, the most costly first. */
  late: LateOperation[];
  /** Operations left out; each is named by a finding. */
  unplanned: number[];
  findings: Finding[];
  /** Moves made by the search. */
  iterations: number;
}
