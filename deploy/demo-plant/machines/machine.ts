import type { MachineState } from "@millwright/contracts/states";
import { z } from "zod";

import { type Buffer, hasPiece, hasSpace, put } from "./buffer.ts";
import { type ProcessValueSpec, settleProcessValue } from "./process-value.ts";
import { exponential, lognormal, type Random, uniform } from "./random.ts";
import type { Crew } from "./shifts.ts";

/** Counters are PLC double words: after 4,294,967,295 comes 0. */
export const uint32Size = 2 ** 32;

/** What a machine is built like. Times in ms of simulated time. */
export type MachineSpec = {
  id: string;
  crew: Crew;
  /** Mean of a cycle, and the spread of its logarithm. */
  cycleMs: number;
  cycleSigma: number;
  /** Share of pieces that come out as scrap, 0..1. */
  scrapShare: number;
  /** Running time between failures and time to repair, means. */
  breakdown: { mtbfMs: number; mttrMs: number };
  /** Jams, chips, sensors: cleared by the operator in a minute. */
  shortStop: { mtbfMs: number; mttrMs: number };
  /** A blade, cutter or filter is changed after so many pieces. */
  tool: { pieces: number; changeMs: number };
  /** Set-up for another job. */
  setupMs: number;
  /** Electrical power by state, kW. */
  powerKw: Record<Exclude<MachineState, "no_data">, number>;
  processValues: Record<string, ProcessValueSpec>;
};

/** Why it is not producing, as the PLC tells it (register `reason`); 0 = it is. */
export const stopReasons = [
  "none",
  "starved",
  "blocked",
  "no_job",
  "stopped_by_operator",
  "setup",
  "tool_change",
  "short_stop",
  "breakdown",
  "break",
  "misfeed",
  "tool_worn",
  "sensor",
  "drive_fault",
] as const;
export type StopReason = (typeof stopReasons)[number];

/** What stops a machine for a minute, and what breaks it; the commonest are there more than once. */
const shortStops = ["short_stop", "short_stop", "misfeed", "sensor", "tool_worn"] as const;
const breakdowns = ["breakdown", "drive_fault", "breakdown"] as const;

const jobSchema = z.object({
  /** FNV-1a of the order number: what fits into a double word of a PLC. */
  orderHash: z.number().int().nonnegative(),
  /** Good pieces wanted, and made so far. */
  quantity: z.number().int().nonnegative(),
  good: z.number().int().nonnegative(),
});

/** Everything that moves, as plain data: what the PLC keeps in retained memory. */
export const machineMemorySchema = z.object({
  random: z.object({ state: z.number().int() }),
  phase: z.enum(["waiting", "cycle", "interrupted"]),
  /** Waiting and interrupted: the reason; cycle: none. */
  reason: z.enum(stopReasons),
  /** Simulated ms left of the cycle, and of the interruption on top of it. */
  cycleLeftMs: z.number(),
  interruptionLeftMs: z.number(),
  untilBreakdownMs: z.number(),
  untilShortStopMs: z.number(),
  piecesOnTool: z.number().int(),
  job: jobSchema.nullable(),
  /** The order whose fixture and program are on the machine. */
  setUpFor: z.number().int().nullable(),
  isStoppedByOperator: z.boolean(),
  isOnBreak: z.boolean(),
  /** The order of the piece in the cycle, and of a finished good one that has no place to go yet. */
  pieceOf: z.number().int().nullable(),
  heldOf: z.number().int().nullable(),
  /** How long it has been waiting for the same reason. */
  waitedMs: z.number(),
  /** Time the process values have not seen yet. */
  unsettledMs: z.number(),
  total: z.number().int(),
  good: z.number().int(),
  scrap: z.number().int(),
  energyKwh: z.number(),
  processValues: z.record(z.string(), z.object({ value: z.number(), drift: z.number() })),
});
export type MachineMemory = z.infer<typeof machineMemorySchema>;

export type Machine = { spec: MachineSpec; memory: MachineMemory };

export function buildMachine(spec: MachineSpec, random: Random): Machine {
  return {
    spec,
    memory: {
      untilBreakdownMs: exponential(random, spec.breakdown.mtbfMs),
      untilShortStopMs: exponential(random, spec.shortStop.mtbfMs),
      random,
      phase: "waiting",
      reason: "no_job",
      cycleLeftMs: 0,
      interruptionLeftMs: 0,
      piecesOnTool: 0,
      job: null,
      setUpFor: null,
      isStoppedByOperator: false,
      isOnBreak: false,
      pieceOf: null,
      heldOf: null,
      waitedMs: 0,
      unsettledMs: 0,
      total: 0,
      good: 0,
      scrap: 0,
      energyKwh: 0,
      processValues: Object.fromEntries(
        Object.entries(spec.processValues).map(([name, { rest }]) => [
          name,
          { value: rest, drift: 0 },
        ]),
      ),
    },
  };
}

/** The machine's state in the words of DOMAIN.md; a simulated machine always knows its own. */
export function stateOf({ memory }: Machine): Exclude<MachineState, "no_data"> {
  if (memory.isOnBreak) return "planned_stop";
  if (memory.phase === "cycle") return "producing";
  if (memory.phase === "waiting") return "idle";
  return memory.reason === "setup" || memory.reason === "tool_change" ? "setup" : "down";
}

export function reasonOf({ memory }: Machine): StopReason {
  return memory.isOnBreak ? "break" : memory.reason;
}

/** Pieces inside the machine: one in the cycle, one finished that waits for space. */
export function piecesInside({ memory }: Machine): number {
  return (memory.pieceOf === null ? 0 : 1) + (memory.heldOf === null ? 0 : 1);
}

export function isJobOpen({ memory }: Machine): boolean {
  return memory.job !== null && memory.job.good < memory.job.quantity;
}

/**
 * The operator sets a job at the panel. Another order costs a set-up; the same order again only
 * changes the quantity still wanted. Quantity 0 takes the job away.
 */
export function setJob(machine: Machine, wanted: { orderHash: number; quantity: number }): void {
  machine.memory.job = wanted.quantity === 0 ? null : { ...wanted, good: 0 };
}

export function setStopped({ memory }: Machine, isStopped: boolean): void {
  memory.isStoppedByOperator = isStopped;
}

/**
 * Lets simulated time pass: `stepMs` is short against every time in the spec. The neighbours'
 * buffers are what couples the line: an empty infeed starves the machine, a full outfeed blocks it.
 */
export function stepMachine(
  machine: Machine,
  world: { stepMs: number; isOnBreak: boolean; infeed: Buffer; outfeed: Buffer },
): void {
  const { memory, spec } = machine;
  const { stepMs } = world;
  memory.isOnBreak = world.isOnBreak;
  memory.energyKwh += (spec.powerKw[stateOf(machine)] * stepMs) / 3_600_000;
  settleProcessValues(machine, stepMs);
  if (world.isOnBreak) return;
  passOn(machine, world.outfeed);
  if (memory.phase === "interrupted") repair(machine, stepMs);
  else if (memory.phase === "cycle") cut(machine, stepMs);
  if (memory.phase === "waiting") tryToStart(machine, world);
}

/** Sensors are settled once a second: noise at every step would cost more than the whole line. */
const settleMs = 1_000;

function settleProcessValues(machine: Machine, stepMs: number): void {
  const { memory, spec } = machine;
  memory.unsettledMs += stepMs;
  if (memory.unsettledMs < settleMs) return;
  const world = { state: stateOf(machine), stepMs: memory.unsettledMs, random: memory.random };
  memory.unsettledMs = 0;
  for (const [name, value] of Object.entries(memory.processValues)) {
    const valueSpec = spec.processValues[name];
    if (valueSpec) settleProcessValue(value, valueSpec, world);
  }
}

function repair({ memory }: Machine, stepMs: number): void {
  memory.interruptionLeftMs -= stepMs;
  if (memory.interruptionLeftMs > 0) return;
  // A piece that was in the machine when it stopped is finished now.
  memory.phase = memory.pieceOf === null ? "waiting" : "cycle";
  memory.reason = "none";
}

function cut(machine: Machine, stepMs: number): void {
  const { memory, spec } = machine;
  memory.cycleLeftMs -= stepMs;
  memory.untilBreakdownMs -= stepMs;
  memory.untilShortStopMs -= stepMs;
  if (memory.cycleLeftMs <= 0) finishPiece(machine);
  if (memory.untilBreakdownMs <= 0) {
    memory.untilBreakdownMs = exponential(memory.random, spec.breakdown.mtbfMs);
    interrupt(
      machine,
      pick(breakdowns, memory),
      lognormal(memory.random, spec.breakdown.mttrMs, 0.5),
    );
  } else if (memory.untilShortStopMs <= 0) {
    memory.untilShortStopMs = exponential(memory.random, spec.shortStop.mtbfMs);
    interrupt(
      machine,
      pick(shortStops, memory),
      lognormal(memory.random, spec.shortStop.mttrMs, 0.5),
    );
  } else if (memory.piecesOnTool >= spec.tool.pieces) {
    memory.piecesOnTool = 0;
    interrupt(machine, "tool_change", lognormal(memory.random, spec.tool.changeMs, 0.2));
  }
}

function finishPiece({ memory, spec }: Machine): void {
  const orderHash = memory.pieceOf;
  memory.cycleLeftMs = 0;
  memory.pieceOf = null;
  memory.phase = "waiting";
  memory.piecesOnTool += 1;
  memory.total = (memory.total + 1) % uint32Size;
  if (uniform(memory.random) < spec.scrapShare) {
    memory.scrap = (memory.scrap + 1) % uint32Size;
    return;
  }
  memory.good = (memory.good + 1) % uint32Size;
  if (memory.job?.orderHash === orderHash) memory.job.good += 1;
  memory.heldOf = orderHash;
}

function passOn({ memory }: Machine, outfeed: Buffer): void {
  if (memory.heldOf === null || !hasSpace(outfeed)) return;
  put(outfeed, memory.heldOf, 1);
  memory.heldOf = null;
}

function tryToStart(
  machine: Machine,
  world: { stepMs: number; infeed: Buffer; outfeed: Buffer },
): void {
  const { memory, spec } = machine;
  passOn(machine, world.outfeed);
  if (isJobOpen(machine) && memory.job && memory.setUpFor !== memory.job.orderHash) {
    memory.setUpFor = memory.job.orderHash;
    interrupt(machine, "setup", lognormal(memory.random, spec.setupMs, 0.2));
    return;
  }
  const reason = whyNotStart(machine, world.infeed);
  if (reason !== "none") {
    memory.waitedMs = reason === memory.reason ? memory.waitedMs + world.stepMs : 0;
    memory.reason = reason;
    return;
  }
  memory.pieceOf = memory.job?.orderHash ?? 0;
  put(world.infeed, memory.pieceOf, -1);
  memory.phase = "cycle";
  memory.reason = "none";
  memory.waitedMs = 0;
  memory.cycleLeftMs = lognormal(memory.random, spec.cycleMs, spec.cycleSigma);
}

function whyNotStart(machine: Machine, infeed: Buffer): StopReason {
  if (machine.memory.isStoppedByOperator) return "stopped_by_operator";
  if (machine.memory.heldOf !== null) return "blocked";
  if (!isJobOpen(machine)) return "no_job";
  if (!hasPiece(infeed, machine.memory.job?.orderHash ?? 0)) return "starved";
  return "none";
}

/** By the pieces made, not by the dice: the same seed goes on making the same machines. */
function pick(causes: readonly StopReason[], { total }: MachineMemory): StopReason {
  return causes[total % causes.length] ?? "breakdown";
}

function interrupt({ memory }: Machine, reason: StopReason, durationMs: number): void {
  memory.phase = "interrupted";
  memory.reason = reason;
  memory.interruptionLeftMs = durationMs;
}
