import { nextInput, seededRandom } from "./input.ts";
import type { Target } from "./targets.ts";

/** A single input of some hundred bytes that takes longer hangs, whatever else the machine does. */
const inputMsMax = 2000;
/** What garbage may stand in memory at once; a leak of a kilobyte per input passes it in minutes. */
const rssGrowthBytesMax = 256 * 1024 * 1024;
const checkEvery = 50_000;

export type Tally = { runs: number; rssGrowthMb: number };

/** @throws Error that names target, seed, number and bytes of the input that failed. */
export function fuzz(name: string, target: Target, options: { runs: number; seed: number }): Tally {
  const { runs, seed } = options;
  const start = process.memoryUsage.rss();
  for (let index = 0; index < runs; index += 1) {
    // Each input has a seed of its own, so that one can be repeated without those before it.
    const input = nextInput(seededRandom(seed + index), target.corpus);
    const began = performance.now();
    try {
      target.run(input);
    } catch (error) {
      throw failure(error);
    }
    const ms = performance.now() - began;
    if (ms > inputMsMax) throw failure(`took ${Math.round(ms)} ms`);
    if (index % checkEvery === 0 && process.memoryUsage.rss() - start > rssGrowthBytesMax) {
      throw failure("memory grows");
    }
    function failure(cause: unknown): Error {
      const bytes = input.toString("hex").slice(0, 2000);
      return new Error(`${name}: --runs 1 --seed ${seed + index} fails on ${bytes}`, { cause });
    }
  }
  const growth = process.memoryUsage.rss() - start;
  return { runs, rssGrowthMb: Math.round(growth / 1024 / 1024) };
}
