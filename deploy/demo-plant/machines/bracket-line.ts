import type { MachineSpec } from "./machine.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * The bracket line in the order of the material: saw → two mills side by side → deburr → wash →
 * assembly → pack. The mills are the bottleneck, as in most shops of this kind; everything else
 * is a little faster, so the line's rate is theirs.
 */
export const bracketLine = [
  {
    id: "saw",
    crew: "first",
    cycleMs: 19 * second,
    cycleSigma: 0.12,
    scrapShare: 0.006,
    breakdown: { mtbfMs: 9 * hour, mttrMs: 12 * minute },
    shortStop: { mtbfMs: 30 * minute, mttrMs: 50 * second },
    tool: { pieces: 400, changeMs: 4 * minute },
    setupMs: 90 * second,
    powerKw: { producing: 6.2, idle: 1.1, setup: 1.4, down: 0.4, planned_stop: 0.3 },
    processValues: {
      bladeTemperature: {
        rest: 24,
        running: 58,
        unit: "°C",
        lagMs: 6 * minute,
        drift: 2,
        noise: 0.4,
      },
      vibration: {
        rest: 0.3,
        running: 2.6,
        unit: "mm/s",
        lagMs: 3 * second,
        drift: 0.3,
        noise: 0.15,
      },
    },
  },
  mill("mill1", { scrapShare: 0.016, drift: 3 }),
  // The older machine of the two: more scrap, more wander.
  mill("mill2", { scrapShare: 0.024, drift: 5 }),
  {
    id: "deburr",
    crew: "first",
    cycleMs: 18 * second,
    cycleSigma: 0.2,
    scrapShare: 0.004,
    breakdown: { mtbfMs: 10 * hour, mttrMs: 10 * minute },
    shortStop: { mtbfMs: 25 * minute, mttrMs: 40 * second },
    tool: { pieces: 600, changeMs: 3 * minute },
    setupMs: 60 * second,
    powerKw: { producing: 2.4, idle: 0.5, setup: 0.6, down: 0.2, planned_stop: 0.1 },
    processValues: {
      spindleLoad: { rest: 0, running: 41, unit: "%", lagMs: 2 * second, drift: 3, noise: 3 },
      vibration: {
        rest: 0.2,
        running: 3.4,
        unit: "mm/s",
        lagMs: 3 * second,
        drift: 0.4,
        noise: 0.3,
      },
    },
  },
  {
    id: "wash",
    crew: "second",
    cycleMs: 20 * second,
    cycleSigma: 0.04,
    scrapShare: 0.001,
    breakdown: { mtbfMs: 14 * hour, mttrMs: 18 * minute },
    shortStop: { mtbfMs: 50 * minute, mttrMs: 45 * second },
    tool: { pieces: 1_500, changeMs: 10 * minute },
    setupMs: 30 * second,
    powerKw: { producing: 14, idle: 7, setup: 7, down: 3, planned_stop: 5 },
    processValues: {
      bathTemperature: {
        rest: 60,
        running: 62.5,
        unit: "°C",
        lagMs: 8 * minute,
        drift: 0.8,
        noise: 0.15,
      },
      conductivity: {
        rest: 3.1,
        running: 3.4,
        unit: "mS/cm",
        lagMs: 15 * minute,
        drift: 0.3,
        noise: 0.02,
      },
    },
  },
  {
    id: "assembly",
    crew: "second",
    cycleMs: 20 * second,
    cycleSigma: 0.18,
    scrapShare: 0.009,
    breakdown: { mtbfMs: 8 * hour, mttrMs: 9 * minute },
    shortStop: { mtbfMs: 22 * minute, mttrMs: 45 * second },
    tool: { pieces: 900, changeMs: 4 * minute },
    setupMs: 75 * second,
    powerKw: { producing: 3.1, idle: 0.8, setup: 0.9, down: 0.3, planned_stop: 0.2 },
    processValues: {
      pressForce: {
        rest: 0,
        running: 11.8,
        unit: "kN",
        lagMs: 1 * second,
        drift: 0.25,
        noise: 0.2,
      },
    },
  },
  {
    id: "pack",
    crew: "second",
    cycleMs: 17 * second,
    cycleSigma: 0.15,
    // Nothing is spoilt in a box: what reaches the packer leaves as good.
    scrapShare: 0,
    breakdown: { mtbfMs: 12 * hour, mttrMs: 8 * minute },
    shortStop: { mtbfMs: 28 * minute, mttrMs: 55 * second },
    tool: { pieces: 480, changeMs: 2 * minute },
    setupMs: 45 * second,
    powerKw: { producing: 1.9, idle: 0.5, setup: 0.5, down: 0.2, planned_stop: 0.1 },
    processValues: {
      sealTemperature: {
        rest: 95,
        running: 142,
        unit: "°C",
        lagMs: 90 * second,
        drift: 1.5,
        noise: 0.6,
      },
    },
  },
] satisfies MachineSpec[];

function mill(id: string, character: { scrapShare: number; drift: number }): MachineSpec {
  return {
    id,
    crew: "first",
    cycleMs: 42 * second,
    cycleSigma: 0.08,
    scrapShare: character.scrapShare,
    breakdown: { mtbfMs: 11 * hour, mttrMs: 22 * minute },
    shortStop: { mtbfMs: 35 * minute, mttrMs: 60 * second },
    tool: { pieces: 140, changeMs: 150 * second },
    setupMs: 4 * minute,
    powerKw: { producing: 11.5, idle: 2.8, setup: 3.2, down: 0.9, planned_stop: 0.7 },
    processValues: {
      spindleLoad: {
        rest: 2,
        running: 63,
        unit: "%",
        lagMs: 2 * second,
        drift: character.drift,
        noise: 4,
      },
      spindleTemperature: {
        rest: 26,
        running: 54,
        unit: "°C",
        lagMs: 9 * minute,
        drift: 1.5,
        noise: 0.2,
      },
      vibration: {
        rest: 0.2,
        running: 1.8,
        unit: "mm/s",
        lagMs: 3 * second,
        drift: 0.25,
        noise: 0.12,
      },
    },
  };
}
