import { parentPort } from "node:worker_threads";

import { solve } from "../../core/src/modules/planning/engine/schedule/solve.ts";
import { post, take } from "./schedule-letters.ts";
import type { ThreadTask } from "./schedule-threads.ts";

parentPort?.on("message", ({ problem, seconds, clock, seed, letters, thread }: ThreadTask) => {
  const now = clock === "wall" ? () => performance.now() : cpuMs;
  const deadline = now() + seconds * 1000;
  const seen = letters.boxes.map(() => 0);
  let next = thread;
  const schedule = solve(problem, {
    seed,
    shouldStop: () => now() >= deadline,
    exchange: (own) => {
      const mine = letters.boxes[thread];
      if (mine) post(mine, own);
      next = (next + 1) % letters.boxes.length;
      const box = letters.boxes[next];
      if (next === thread || !box) return null;
      const found = take(box, seen[next] ?? 0);
      if (found === null) return null;
      seen[next] = found.version;
      return found.letter;
    },
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(schedule);
});

/** What this thread has used so far. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
