import { expect, test } from "vitest";

import { readTaillard, type TaillardInstance } from "./schedule-taillard.ts";

test("the job shops made from Taillard's seeds are his: the greatest load has the value he gives", () => {
  const instances = new Map(readTaillard().map((instance) => [instance.name, instance]));

  const loads = ["ta01", "ta11", "ta21", "ta31", "ta41", "ta51", "ta61", "ta71", "ta80"].map(
    (name) => greatestLoad(instances.get(name)),
  );

  expect(instances.size).toBe(80);
  expect(loads).toEqual([977, 1139, 1217, 1764, 1830, 2760, 2868, 5464, 5183]);
});

/** Of a machine or of a job: no schedule is shorter. */
function greatestLoad(instance: TaillardInstance | undefined): number {
  const { machines = [], operations = [] } = instance?.problem ?? {};
  const ofMachine = machines.map(() => 0);
  const ofJob: number[] = [];
  for (const { alternatives, after } of operations) {
    const { machine, time } = alternatives[0] ?? { machine: 0, time: 0 };
    if (after === undefined) ofJob.push(0);
    ofMachine[machine] = (ofMachine[machine] ?? 0) + time;
    ofJob.push((ofJob.pop() ?? 0) + time);
  }
  return Math.max(...ofMachine, ...ofJob);
}
