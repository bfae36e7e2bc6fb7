import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Buffer } from "./buffer.ts";
import { isJobOpen, setJob, stateOf, stepMachine, uint32Size } from "./machine.ts";
import {
  advancePlant,
  buildPlant,
  fetchPieces,
  machineOf,
  massBalance,
  type Plant,
  type PlantMemory,
  plantMemorySchema,
  rememberPlant,
  stepMs,
} from "./plant.ts";
import { aroundTheClock, shiftCalendar } from "./shifts.ts";

const hour = 3_600_000;

/**
 * A foreman without a computer: orders of 36 one after the other, odd ones over the first mill. When
 * the feeders of a starved machine are through with its order, the scrap is replaced from the rack.
 */
function keepBusy(plant: Plant, orders: Map<string, number>): void {
  for (const { machine, infeed } of plant.stations) {
    const { id } = machine.spec;
    const { job, reason } = machine.memory;
    if (job && reason === "starved") {
      const feeders = plant.stations.filter(({ outfeed }) => outfeed === infeed);
      const isFed = feeders.some(
        (feeder) =>
          (orders.get(feeder.machine.spec.id) ?? 0) <= job.orderHash && feeds(feeder, job),
      );
      const missing = job.quantity - job.good;
      if (!isFed) fetchPieces(plant, id, { orderHash: job.orderHash, quantity: missing });
    }
    if (isJobOpen(machine)) continue;
    const step = id.startsWith("mill") ? 2 : 1;
    const next = (orders.get(id) ?? (id === "mill2" ? 0 : step === 2 ? -1 : 0)) + step;
    orders.set(id, next);
    setJob(machine, { orderHash: next, quantity: 36 });
  }
}

/** Whether a station still makes pieces of this order: each mill has its own ones. */
function feeds({ machine }: Plant["stations"][number], job: { orderHash: number }): boolean {
  const { id } = machine.spec;
  if (!id.startsWith("mill")) return true;
  return (job.orderHash % 2 === 1) === (id === "mill1");
}

function run(plant: Plant, hours: number, watch: () => void = () => {}): void {
  const orders = new Map<string, number>();
  const start = Date.UTC(2026, 10, 16);
  for (let elapsed = 0; elapsed < hours * hour; elapsed += stepMs) {
    keepBusy(plant, orders);
    advancePlant(plant, 1, start + elapsed);
    watch();
  }
}

describe("the bracket line", () => {
  test("the same seed gives the same plant, another seed another one", () => {
    expect(trace(7)).toEqual(trace(7));
    expect(trace(7)).not.toEqual(trace(8));
  });

  test("loses and invents no piece, and no counter ever goes back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const plant = buildPlant({ seed, calendar: aroundTheClock });
        let before = counters(plant);
        run(plant, 3, () => {
          const { taken, found } = massBalance(plant);
          const now = counters(plant);
          if (taken !== found) throw new Error(`${taken} pieces taken, ${found} found`);
          if (now.some((value, index) => value < (before[index] ?? 0))) throw new Error("back");
          before = now;
        });
      }),
      { numRuns: 5 },
    );
  });

  test("is as good as such a line is: OEE between 55 and 85 % over a week", () => {
    const plant = buildPlant({ seed: 42, calendar: shiftCalendar("Europe/Berlin") });
    const time = new Map<string, { busy: number; producing: number }>();
    run(plant, 7 * 24, () => {
      for (const { machine } of plant.stations) {
        const sum = time.get(machine.spec.id) ?? { busy: 0, producing: 0 };
        const state = stateOf(machine);
        if (state !== "planned_stop") sum.busy += stepMs;
        if (state === "producing") sum.producing += stepMs;
        time.set(machine.spec.id, sum);
      }
    });
    for (const { machine } of plant.stations) {
      const { busy, producing } = time.get(machine.spec.id) ?? { busy: 0, producing: 0 };
      const { total, good } = machine.memory;
      // ISO 22400-2: availability × effectiveness × quality.
      const oee =
        (producing / busy) * ((machine.spec.cycleMs * total) / producing) * (good / total);
      expect.soft(oee, machine.spec.id).toBeGreaterThan(0.55);
      expect.soft(oee, machine.spec.id).toBeLessThan(0.85);
    }
  }, 60_000);

  test("stops for the break of its crew, and the other crew works on", () => {
    const calendar = shiftCalendar("Europe/Berlin");
    const breakTime = Date.parse("2026-11-20T09:35:00+01:00");
    expect(calendar("first", breakTime)).toBe(true);
    expect(calendar("second", breakTime)).toBe(false);
    expect(calendar("first", Date.parse("2026-11-20T09:50:00+01:00"))).toBe(false);
  });

  test("goes on from its memory as if it had not stopped", () => {
    const plant = buildPlant({ seed: 3, calendar: aroundTheClock });
    run(plant, 2);
    const memory = plantMemorySchema.parse(JSON.parse(JSON.stringify(rememberPlant(plant))));
    const again = buildPlant({ seed: 3, calendar: aroundTheClock, memory });
    advancePlant(plant, 4_000, 0);
    advancePlant(again, 4_000, 0);
    expect(rememberPlant(again)).toEqual(rememberPlant(plant));
  });
});

describe("a machine", () => {
  test("starves without pieces, blocks without space", () => {
    const machine = machineOf(buildPlant({ seed: 1, calendar: aroundTheClock }), "wash");
    setJob(machine, { orderHash: 1, quantity: 10 });
    const empty = cart(0, 10);
    const space = cart(0, 10);
    const step = (infeed: Buffer, outfeed: Buffer) =>
      stepMachine(machine, { stepMs, isOnBreak: false, infeed, outfeed });
    for (let i = 0; i < 2_000; i += 1) step(empty, space);
    expect(machine.memory.reason).toBe("starved");
    const plenty = cart(50, 50);
    const full = cart(10, 10);
    for (let i = 0; i < 40_000 && machine.memory.reason !== "blocked"; i += 1) step(plenty, full);
    expect(machine.memory.reason).toBe("blocked");
    expect(machine.memory.good).toBe(1);
  });

  test("rolls its counters over as a double word does", () => {
    const plant = buildPlant({ seed: 1, calendar: aroundTheClock });
    const saw = machineOf(plant, "saw");
    saw.memory.good = uint32Size - 2;
    saw.memory.total = uint32Size - 2;
    setJob(saw, { orderHash: 1, quantity: 20 });
    advancePlant(plant, 3_000, 0);
    expect(saw.memory.good).toBe(18);
    expect(saw.memory.total).toBe(18 + saw.memory.scrap);
  });
});

/** A cart with pieces of order 1. */
function cart(pieces: number, capacity: number): Buffer {
  return { pieces: new Map([[1, pieces]]), capacity, isEndless: false };
}

function trace(seed: number): PlantMemory {
  const plant = buildPlant({ seed, calendar: shiftCalendar("Europe/Berlin") });
  run(plant, 4);
  return rememberPlant(plant);
}

function counters(plant: Plant): number[] {
  return plant.stations.flatMap(({ machine: { memory } }) => [
    memory.total,
    memory.good,
    memory.scrap,
    memory.energyKwh,
  ]);
}
