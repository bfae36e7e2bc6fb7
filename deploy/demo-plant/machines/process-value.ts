import type { MachineState } from "@millwright/contracts/states";

import { normal, type Random } from "./random.ts";

/** A sensor on a machine: follows the state with a lag, drifts slowly, and is a little noisy. */
export type ProcessValueSpec = {
  /** Where it settles while the machine is not producing, and while it is. In `unit`. */
  rest: number;
  running: number;
  unit: string;
  /** Time constant of the approach, ms: a spindle warms in minutes, its load follows at once. */
  lagMs: number;
  /** Standard deviation of the slow drift and of the noise of one reading, in `unit`. */
  drift: number;
  noise: number;
};

/** The drift forgets its past over about two hours: it wanders, but stays credible for weeks. */
const driftMemoryMs = 2 * 3_600_000;

export function settleProcessValue(
  current: { value: number; drift: number },
  spec: ProcessValueSpec,
  world: {
    state: Exclude<MachineState, "no_data">;
    stepMs: number;
    random: Random;
  },
): void {
  const forget = Math.min(1, world.stepMs / driftMemoryMs);
  current.drift +=
    -forget * current.drift + spec.drift * Math.sqrt(2 * forget) * normal(world.random);
  const target = (world.state === "producing" ? spec.running : spec.rest) + current.drift;
  const approach = Math.min(1, world.stepMs / spec.lagMs);
  current.value += approach * (target - current.value);
  current.value += spec.noise * Math.sqrt(approach) * normal(world.random);
}
