import { z } from "zod";

import { bracketLine } from "./bracket-line.ts";
import { type Buffer, piecesIn, piecesOf, put } from "./buffer.ts";
import {
  buildMachine,
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

/** After so long blocked with nobody working downstream, what lies on the cart goes to the rack. */
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
  /** Per buffer: order hash and pieces. */
  buffers: z.array(z.array(z.tuple([z.number().int(), z.number().int()]))),
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
  const barStock: Buffer = { pieces: new Map(), capacity: 0, isEndless: true };
  const carts: Buffer[] = Array.from({ length: 5 }, () => ({
    pieces: new Map(),
    capacity: bufferCapacity,
    isEndless: false,
  }));
  const dispatch: Buffer = { pieces: new Map(), capacity: 0, isEndless: true };
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
  return stationOf(plant, id).machine;
}

/**
 * Someone fetches from the rack what should lie before a machine by the books but does not: pieces
 * lost with the memory of a crashed cart, or put away while the order was on hold. The cart is
 * filled up to `quantity` pieces of the order, the one in the cycle included.
 */
export function fetchPieces(
  plant: Plant,
  machineId: string,
  { orderHash, quantity }: { orderHash: number; quantity: number },
): void {
  const { machine, infeed } = stationOf(plant, machineId);
  if (infeed.isEndless) return;
  const inCycle = machine.memory.pieceOf === orderHash ? 1 : 0;
  const missing = quantity - piecesOf(infeed, orderHash) - inCycle;
  if (missing <= 0) return;
  put(infeed, orderHash, missing);
  plant.rack.pieces -= missing;
}

/** Pieces that left bar stock and the rack, and where they are now; the two sides are equal. */
export function massBalance(plant: Plant): { taken: number; found: number } {
  const [barStock, ...others] = plant.buffers;
  const inBuffers = others.reduce((sum, buffer) => sum + piecesIn(buffer), 0);
  const inMachines = plant.stations.reduce(
    (sum, { machine }) => sum + piecesInside(machine) + machine.memory.scrap,
    0,
  );
  return {
    taken: barStock ? -piecesIn(barStock) : 0,
    found: inBuffers + inMachines + plant.rack.pieces,
  };
}

export function rememberPlant(plant: Plant): PlantMemory {
  return {
    machines: Object.fromEntries(
      plant.stations.map(({ machine }) => [machine.spec.id, machine.memory]),
    ),
    buffers: plant.buffers.map(({ pieces }) => [...pieces]),
    rackPieces: plant.rack.pieces,
    silo: plant.silo,
    pallet: plant.pallet,
    random: plant.random,
  };
}

function stationOf(plant: Plant, id: string): Station {
  const station = plant.stations.find(({ machine }) => machine.spec.id === id);
  if (!station) throw new Error(`the bracket line has no machine ${id}`);
  return station;
}

function stepPlant(plant: Plant, nowMs: number): void {
  const packed = at(plant.buffers, plant.buffers.length - 1);
  const packedBefore = piecesIn(packed);
  const assembly = machineOf(plant, "assembly");
  const assembledBefore = assembly.memory.total;
  for (const station of plant.stations) {
    const isOnBreak = plant.calendar(station.machine.spec.crew, nowMs);
    const { machine, infeed, outfeed } = station;
    stepMachine(machine, { stepMs, isOnBreak, infeed, outfeed });
    clearCart(plant, station);
  }
  if (assembly.memory.total !== assembledBefore) plant.silo.levelKg -= siloSpec.kgPerPiece;
  refillSilo(plant.silo);
  for (let piece = packedBefore; piece < piecesIn(packed); piece += 1) loadPallet(plant);
}

/**
 * A cart full of pieces that nobody downstream can use (their order is on hold or was cancelled)
 * would block the line for ever: after a while it goes to the rack.
 */
function clearCart(plant: Plant, { machine, outfeed }: Station): void {
  const { reason, waitedMs } = machine.memory;
  if (reason !== "blocked" || waitedMs < clearAfterMs) return;
  const takers = plant.stations.filter(({ infeed }) => infeed === outfeed);
  if (takers.some((taker) => taker.machine.memory.phase !== "waiting")) return;
  const wanted = new Set(takers.map((taker) => taker.machine.memory.job?.orderHash));
  for (const [orderHash, count] of outfeed.pieces) {
    if (wanted.has(orderHash)) continue;
    put(outfeed, orderHash, -count);
    plant.rack.pieces += count;
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
  plant.buffers.forEach((buffer, index) => (buffer.pieces = new Map(memory.buffers[index])));
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
