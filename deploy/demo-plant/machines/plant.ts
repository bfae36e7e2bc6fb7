import { z } from "zod";

import { bracketLine } from "./bracket-line.ts";
import type { Buffer } from "./buffer.ts";
import {
  buildMachine,
  isJobOpen,
  type Machine,
  machineMemorySchema,
  type MachineSpec,
  piecesInside,
  stepMachine,
} from "./machine.ts";
import { normal, type Random, randomFrom } from "./random.ts";
import type { ShiftCalendar } from "./shifts.ts";

/** Simulated time of one step, ms: short against every cycle, long enough to simulate a week in seconds. */
export const stepMs = 500;

/** A cart between two stations holds two of the largest orders. */
const bufferCapacity = 120;

/** After so long without a piece from upstream, someone fetches what is missing from the rack. */
const rackAfterMs = 90_000;
/** After so long blocked with nobody working downstream, the cart goes to the rack. */
const clearAfterMs = 600_000;

export const siloSpec = {
  capacityKg: 2_000,
  refillBelowKg: 300,
  refillKgPerS: 6,
  kgPerPiece: 0.35,
};
export const palletSpec = { tareKg: 22, pieces: 40, kgPerPiece: 1.85, noiseKg: 0.02, stepKg: 0.05 };

/** The whole plant as plain data: written at a graceful stop, so that a restart goes on. */
export const plantMemorySchema = z.object({
  machines: z.record(z.string(), machineMemorySchema),
  buffers: z.array(z.number().int()),
  /** Semi-finished pieces in the rack: negative when more was fetched than put. */
  rackPieces: z.number().int(),
  silo: z.object({ levelKg: z.number(), isRefilling: z.boolean() }),
  pallet: z.object({ pieces: z.number().int(), weightKg: z.number() }),
  random: z.object({ state: z.number().int() }),
});
export type PlantMemory = z.infer<typeof plantMemorySchema>;

/** One station of the line: its machine between the buffers, and who feeds and empties it. */
type Station = { machine: Machine; infeed: Buffer; outfeed: Buffer };

export type Plant = {
  stations: Station[];
  buffers: Buffer[];
  rack: { pieces: number };
  silo: PlantMemory["silo"];
  pallet: PlantMemory["pallet"];
  random: Random;
  calendar: ShiftCalendar;
};

/** The bracket line with its silo and scale. The same seed gives the same plant, to the last piece. */
export function buildPlant(options: {
  seed: number;
  calendar: ShiftCalendar;
  memory?: PlantMemory;
}): Plant {
  const { seed, calendar, memory } = options;
  const barStock: Buffer = { pieces: 0, capacity: 0, isEndless: true };
  const carts: Buffer[] = Array.from({ length: 5 }, () => ({
    pieces: 0,
    capacity: bufferCapacity,
    isEndless: false,
  }));
  const dispatch: Buffer = { pieces: 0, capacity: 0, isEndless: true };
  const buffers = [barStock, ...carts, dispatch];
  const stations = bracketLine.map((spec) => {
    const position = positionOf(spec);
    const machine = buildMachine(spec, randomFrom(seed, spec.id));
    return { machine, infeed: at(buffers, position), outfeed: at(buffers, position + 1) };
  });
  const plant: Plant = {
    stations,
    buffers,
    rack: { pieces: 0 },
    silo: { levelKg: 0.8 * siloSpec.capacityKg, isRefilling: false },
    pallet: { pieces: 0, weightKg: palletSpec.tareKg },
    random: randomFrom(seed, "plant"),
    calendar,
  };
  if (memory) recall(plant, memory);
  return plant;
}

/** Lets simulated time pass, in whole steps; shifts follow the wall clock `nowMs` (epoch ms). */
export function advancePlant(plant: Plant, steps: number, nowMs: number): void {
  for (let step = 0; step < steps; step += 1) stepPlant(plant, nowMs);
}

export function machineOf(plant: Plant, id: string): Machine {
  const station = plant.stations.find(({ machine }) => machine.spec.id === id);
  if (!station) throw new Error(`the bracket line has no machine ${id}`);
  return station.machine;
}

/** Pieces that left bar stock and the rack, and where they are now; the two sides are equal. */
export function massBalance(plant: Plant): { taken: number; found: number } {
  const [barStock, ...others] = plant.buffers;
  const inBuffers = others.reduce((sum, buffer) => sum + buffer.pieces, 0);
  const inMachines = plant.stations.reduce(
    (sum, { machine }) => sum + piecesInside(machine) + machine.memory.scrap,
    0,
  );
  return { taken: -(barStock?.pieces ?? 0), found: inBuffers + inMachines + plant.rack.pieces };
}

export function rememberPlant(plant: Plant): PlantMemory {
  return {
    machines: Object.fromEntries(
      plant.stations.map(({ machine }) => [machine.spec.id, machine.memory]),
    ),
    buffers: plant.buffers.map(({ pieces }) => pieces),
    rackPieces: plant.rack.pieces,
    silo: plant.silo,
    pallet: plant.pallet,
    random: plant.random,
  };
}

function stepPlant(plant: Plant, nowMs: number): void {
  const packed = at(plant.buffers, plant.buffers.length - 1);
  const packedBefore = packed.pieces;
  const assembly = machineOf(plant, "assembly");
  const assembledBefore = assembly.memory.total;
  for (const station of plant.stations) {
    const isOnBreak = plant.calendar(station.machine.spec.crew, nowMs);
    const { machine, infeed, outfeed } = station;
    stepMachine(machine, { stepMs, isOnBreak, infeed, outfeed });
    useRack(plant, station);
  }
  if (assembly.memory.total !== assembledBefore) plant.silo.levelKg -= siloSpec.kgPerPiece;
  refillSilo(plant.silo);
  for (let piece = packedBefore; piece < packed.pieces; piece += 1) loadPallet(plant);
}

/**
 * Scrap leaves an order short downstream and a cancelled one leaves pieces over. As in a real
 * shop both go through the rack of semi-finished pieces, but only when nobody upstream (or
 * downstream) is still working: otherwise waiting is the honest thing to do.
 */
function useRack(plant: Plant, station: Station): void {
  const { machine, infeed, outfeed } = station;
  const { memory } = machine;
  if (memory.phase !== "waiting") return;
  if (memory.reason === "starved" && memory.waitedMs > rackAfterMs) {
    const feeders = plant.stations.filter((other) => other.outfeed === infeed);
    const wanted = memory.job ? memory.job.quantity - memory.job.good : 0;
    if (feeders.some((other) => isJobOpen(other.machine))) return;
    const fetched = Math.min(wanted, 5);
    infeed.pieces += fetched;
    plant.rack.pieces -= fetched;
  } else if (memory.reason === "blocked" && memory.waitedMs > clearAfterMs) {
    const takers = plant.stations.filter((other) => other.infeed === outfeed);
    if (takers.some((other) => isJobOpen(other.machine))) return;
    plant.rack.pieces += outfeed.pieces;
    outfeed.pieces = 0;
  }
}

function refillSilo(silo: Plant["silo"]): void {
  silo.levelKg = Math.max(0, silo.levelKg);
  if (silo.levelKg < siloSpec.refillBelowKg) silo.isRefilling = true;
  if (!silo.isRefilling) return;
  silo.levelKg += (siloSpec.refillKgPerS * stepMs) / 1_000;
  if (silo.levelKg > 0.95 * siloSpec.capacityKg) silo.isRefilling = false;
}

/** A full pallet is taken away by the fork lift; the scale shows what stands on it, in 50 g steps. */
function loadPallet(plant: Plant): void {
  const { pallet } = plant;
  pallet.pieces = pallet.pieces >= palletSpec.pieces ? 1 : pallet.pieces + 1;
  const load = palletSpec.tareKg + pallet.pieces * palletSpec.kgPerPiece;
  const read = load + palletSpec.noiseKg * normal(plant.random);
  pallet.weightKg = Math.round(read / palletSpec.stepKg) * palletSpec.stepKg;
}

function recall(plant: Plant, memory: PlantMemory): void {
  for (const { machine } of plant.stations) {
    const known = memory.machines[machine.spec.id];
    if (known) machine.memory = known;
  }
  plant.buffers.forEach((buffer, index) => (buffer.pieces = memory.buffers[index] ?? 0));
  plant.rack.pieces = memory.rackPieces;
  plant.silo = memory.silo;
  plant.pallet = memory.pallet;
  plant.random = memory.random;
}

/** Which buffer a station takes from: both mills share one. */
function positionOf(spec: MachineSpec): number {
  const order = ["saw", "mill", "deburr", "wash", "assembly", "pack"];
  const position = order.findIndex((name) => spec.id.startsWith(name));
  if (position < 0) throw new Error(`the bracket line has no place for ${spec.id}`);
  return position;
}

function at(buffers: Buffer[], index: number): Buffer {
  const buffer = buffers[index];
  if (!buffer) throw new Error(`the bracket line has no buffer ${index}`);
  return buffer;
}
