import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import type {
  Machine,
  Operation,
  Problem,
} from "../../core/src/modules/planning/engine/schedule/problem.ts";

export interface Instance {
  name: string;
  problem: Problem;
}

/** All `*.txt` below the folder, by name (numbers in names count as numbers). */
export function readInstances(folder: string): Instance[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".txt"))
    .map((file) => ({
      name: basename(file, ".txt"),
      problem: parseInstance(readFileSync(join(folder, file), "utf8"), file),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/**
 * The three classic formats, told apart by their contents:
 * - job shop: `jobs machines`, per job pairs `machine time`;
 * - flexible: `jobs machines [average]`, per job `operations`, per operation `k` and k such pairs;
 * - setup: as flexible, then per machine a matrix operations × operations.
 * Machines count from 0 or from 1, see firstMachine.
 * @throws Error naming the file when the numbers do not add up.
 */
export function parseInstance(text: string, file: string): Problem {
  const [head = [], ...rows] = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => line.split(/\s+/).map(Number));
  const [jobCount = 0, machineCount = 0] = head;
  const jobRows = rows.slice(0, jobCount);
  const jobs = readFlexible(jobRows) ?? readJobShop(jobRows);
  if (jobs === null || jobs.length !== jobCount || machineCount < 1)
    throw new Error(`${file} is no job shop, flexible or setup instance.`);
  const first = firstMachine(jobs, machineCount, file);
  const operations = jobs.flatMap((job) => job.map((pairs, step) => ({ pairs, step })));
  const matrices = rows.slice(jobCount);
  if (matrices.length > 0 && matrices.length !== machineCount * operations.length)
    throw new Error(
      `${file}: expected ${machineCount * operations.length} setup rows, found ${matrices.length}.`,
    );
  return {
    goals: ["makespan"],
    machines: Array.from({ length: machineCount }, (_, k): Machine => {
      const setups = matrices.slice(k * operations.length, (k + 1) * operations.length);
      return setups.length > 0 ? { setups } : {};
    }),
    operations: operations.map(({ pairs, step }, index): Operation => ({
      alternatives: pairs.map(([machine, time]) => ({ machine: machine - first, time })),
      ...(step > 0 ? { after: index - 1 } : {}),
      ...(matrices.length > 0 ? { family: index } : {}),
    })),
  };
}

/** Alternatives `[machine, time]` of each operation of a job. */
type Job = [number, number][][];

/** Null unless every row is used up exactly by its counts. */
function readFlexible(rows: number[][]): Job[] | null {
  const jobs: Job[] = [];
  for (const row of rows) {
    const job: Job = [];
    let next = 1;
    for (let step = 0; step < (row[0] ?? 0); step += 1) {
      const count = row[next] ?? 0;
      const pairs = pairsOf(row.slice(next + 1, next + 1 + 2 * count));
      if (count < 1 || pairs?.length !== count) return null;
      job.push(pairs);
      next += 1 + 2 * count;
    }
    if (next !== row.length) return null;
    jobs.push(job);
  }
  return jobs;
}

function readJobShop(rows: number[][]): Job[] | null {
  const jobs = rows.map((row) => pairsOf(row)?.map((pair) => [pair]) ?? null);
  return jobs.every((job) => job !== null) ? jobs : null;
}

function pairsOf(row: number[]): [number, number][] | null {
  if (row.length % 2 !== 0) return null;
  return Array.from({ length: row.length / 2 }, (_, k) => [row[2 * k] ?? 0, row[2 * k + 1] ?? 0]);
}

/** 0 or 1, whichever makes every machine number fit. */
function firstMachine(jobs: Job[], machineCount: number, file: string): number {
  const numbers = jobs.flat(2).map(([machine]) => machine);
  const least = Math.min(...numbers);
  const greatest = Math.max(...numbers);
  if (least >= 0 && greatest < machineCount) return 0;
  if (least >= 1 && greatest === machineCount) return 1;
  throw new Error(`${file} names machines ${least} to ${greatest} of ${machineCount}.`);
}
