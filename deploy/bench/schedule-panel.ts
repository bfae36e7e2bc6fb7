import { join } from "node:path";

import type {
  Machine,
  Operation,
  Problem,
} from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { createRandom } from "../../core/src/modules/planning/engine/schedule/random.ts";
import { readInstances, type Instance } from "./schedule-instances.ts";

/**
 * What planners need most and general engines are weakest at: weighted tardiness and setups. Made
 * from the classic instances in `folder` and from seeds, so that everyone gets the same ones:
 * - `la16/1.3` …: job shop with due dates, see withDueDates;
 * - the setup instances of the folder, by makespan;
 * - `plant-N`: 15 jobs on 10 machines with setups between 4 families and due dates, from seed N.
 */
export function readPanel(folder: string): Instance[] {
  const jobShops = readInstances(join(folder, "jobshop")).filter(({ name }) =>
    tardinessFrom.includes(name),
  );
  return [
    ...jobShops.flatMap(({ name, problem }) =>
      tightness.map((f) => ({ name: `${name}/${f}`, problem: withDueDates(problem, f) })),
    ),
    ...readInstances(join(folder, "setup")),
    ...[1, 2, 3, 4, 5, 6].map((seed) => ({ name: `plant-${seed}`, problem: smallPlant(seed) })),
  ];
}

const tardinessFrom = ["abz5", "abz6", "la16", "la17", "la18", "la19", "la20"];
const tightness = [1.3, 1.5, 1.6];

/**
 * Due date = floor(f × work of the job); weight 4 for the first fifth of the jobs, 1 for the last
 * fifth, 2 for those between.
 * @source Singer, Pinedo, "A computational study of branch and bound techniques for minimizing the
 * total weighted tardiness in job shops", IIE Transactions 30, 1998.
 */
function withDueDates({ machines, operations }: Problem, f: number): Problem {
  const jobs: number[][] = [];
  operations.forEach(({ after }, index) => {
    if (after === undefined) jobs.push([index]);
    else jobs.at(-1)?.push(index);
  });
  const dueOf = new Map<number, { due: number; weight: number }>();
  jobs.forEach((job, k) => {
    const work = job.reduce(
      (sum, index) => sum + (operations[index]?.alternatives[0]?.time ?? 0),
      0,
    );
    const rank = k / jobs.length;
    dueOf.set(job.at(-1) ?? 0, {
      due: Math.floor(f * work),
      weight: rank < 0.2 ? 4 : rank < 0.8 ? 2 : 1,
    });
  });
  return {
    machines,
    operations: operations.map((operation, index) => ({ ...operation, ...dueOf.get(index) })),
    goals: ["tardiness"],
  };
}

function smallPlant(seed: number): Problem {
  const random = createRandom(seed);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const families = 4;
  const machines = Array.from({ length: 10 }, (): Machine => ({
    setups: Array.from({ length: families }, (_, from) =>
      Array.from({ length: families }, (__, to) => (from === to ? 0 : between(10, 40))),
    ),
    setUpFor: random.below(families),
  }));
  const operations: Operation[] = [];
  for (let job = 0; job < 15; job += 1) {
    const family = random.below(families);
    const left = machines.map((_, k) => k);
    let work = 0;
    for (let step = 0; step < 10; step += 1) {
      const [machine = 0] = left.splice(random.below(left.length), 1);
      const time = between(5, 99);
      work += time;
      operations.push({
        alternatives: [{ machine, time }],
        family,
        ...(step > 0 ? { after: operations.length - 1 } : {}),
        ...(step === 9 ? { due: Math.floor(1.8 * work), weight: between(1, 4) } : {}),
      });
    }
  }
  return { machines, operations, goals: ["tardiness"] };
}
