import type {
  Machine,
  Operation,
  Problem,
} from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { createRandom } from "../../core/src/modules/planning/engine/schedule/random.ts";

/** Ticks are minutes; tick 0 is a Monday, 06:00. */
const day = 24 * 60;

export interface PlantShape {
  operations: number;
  seed: number;
}

const workCenters = 60;
const families = 8;
/** Orders of 4 to 16 operations; the bottleneck group gets a quarter more work than the others. */
const stepsMin = 4;
const stepsMax = 16;

/**
 * A plant like those that are analysed in the literature (SCHEDULING.md: 51 machines, 6,057
 * operations, unbalanced load): 15 groups of 4 work centers of unlike speed, two shifts a day and
 * none on Sunday, some work pauses overnight, setups between families on every third group, orders
 * released over three weeks and due at about their share of the load.
 */
export function generatePlant({ operations, seed }: PlantShape): Problem {
  const random = createRandom(seed);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const groups = workCenters / 4;
  const machines = Array.from({ length: workCenters }, (_, k): Machine => {
    const hasSetups = Math.floor(k / 4) % 3 === 0;
    return {
      breaks: breaksFor(120),
      ...(hasSetups ? { setups: setupsOf(between), setUpFor: random.below(families) } : {}),
    };
  });
  const planned: Operation[] = [];
  while (planned.length < operations) {
    const steps = Math.min(between(stepsMin, stepsMax), operations - planned.length);
    const family = random.below(families);
    const release = random.below(21) * day;
    let work = 0;
    for (let step = 0; step < steps; step += 1) {
      const group = random.below(60) === 0 ? 3 : random.below(groups);
      const time = between(15, 150);
      const isLast = step === steps - 1;
      work += time;
      planned.push({
        alternatives: placesIn(group, time, random.below(3), between),
        family,
        isSplittable: random.below(2) === 0,
        transfer: between(0, 20),
        ...(step === 0 ? { release } : { after: planned.length - 1 }),
        // Two shifts are two thirds of a day; 3 to 6 times the work is what orders of a full plant take.
        ...(isLast
          ? { due: release + Math.round((work * between(30, 60)) / 10), weight: between(1, 5) }
          : {}),
      });
    }
  }
  return { machines, operations: planned };
}

/** 22:00 to 06:00 on every day, all of Sunday. */
function breaksFor(days: number): { from: number; to: number }[] {
  const breaks: { from: number; to: number }[] = [];
  for (let one = 0; one < days; one += 1) {
    if (one % 7 === 6) continue;
    const isSaturday = one % 7 === 5;
    breaks.push({ from: one * day + 16 * 60, to: (one + (isSaturday ? 2 : 1)) * day });
  }
  return breaks;
}

function setupsOf(between: (low: number, high: number) => number): number[][] {
  return Array.from({ length: families }, (_, from) =>
    Array.from({ length: families }, (__, to) => (from === to ? 0 : between(10, 60))),
  );
}

/** One to three of the group's four work centers, the later ones slower. */
function placesIn(
  group: number,
  time: number,
  more: number,
  between: (low: number, high: number) => number,
): { machine: number; time: number }[] {
  const first = between(0, 3);
  return Array.from({ length: 1 + more }, (_, k) => ({
    machine: group * 4 + ((first + k) % 4),
    time: Math.round(time * (1 + 0.15 * k)),
  }));
}
