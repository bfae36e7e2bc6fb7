import { readFileSync } from "node:fs";

import { parseInstance, type Instance } from "./schedule-instances.ts";

export interface TaillardInstance extends Instance {
  /** Least makespan known in August 2026; that of ta51-80 is proven to be the least there is. */
  bestKnown: number;
}

/**
 * The eighty job shops ta01-80, made from their seeds: 15 × 15 to 100 jobs × 20 machines.
 * @source Taillard, "Benchmarks for basic scheduling problems", European Journal of Operational
 * Research 64, 1993, for the generator (section 2) and the seeds in `taillard.csv`.
 */
export function readTaillard(): TaillardInstance[] {
  const table = readFileSync(new URL("./taillard.csv", import.meta.url), "utf8");
  const [, ...rows] = table.trim().split("\n");
  return rows.map((row) => {
    const [name = "", ...numbers] = row.split(",");
    const [jobs = 0, machines = 0, timeSeed = 1, machineSeed = 1, bestKnown = 0] =
      numbers.map(Number);
    const times = timesOf(jobs * machines, timeSeed);
    const routes = routesOf(jobs, machines, machineSeed);
    const lines = routes.map((route, job) =>
      route.map((machine, step) => `${machine} ${times[job * machines + step]}`).join(" "),
    );
    const problem = parseInstance([`${jobs} ${machines}`, ...lines].join("\n"), name);
    return { name, problem, bestKnown };
  });
}

/** 1 to 99, job by job in the order of their operations. */
function timesOf(count: number, seed: number): number[] {
  const between = uniform(seed);
  return Array.from({ length: count }, () => between(1, 99));
}

/** Per job the machines in the order it visits them: each one swapped with one that is not before it. */
function routesOf(jobs: number, machines: number, seed: number): number[][] {
  const between = uniform(seed);
  return Array.from({ length: jobs }, () => {
    const route = Array.from({ length: machines }, (_, k) => k);
    for (let k = 0; k < machines; k += 1) {
      const other = between(k, machines - 1);
      [route[k], route[other]] = [route[other] ?? 0, route[k] ?? 0];
    }
    return route;
  });
}

/** Whole numbers from low to high, both included, by Lehmer's generator: x ← 16807 x mod 2³¹ − 1. */
function uniform(seed: number): (low: number, high: number) => number {
  const modulus = 2 ** 31 - 1;
  let state = seed;
  return (low, high) => {
    // Below 2⁴⁶, so exact.
    state = (16_807 * state) % modulus;
    return low + Math.floor((state / modulus) * (high - low + 1));
  };
}
