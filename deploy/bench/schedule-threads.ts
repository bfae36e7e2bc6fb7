import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { defaultGoals } from "../../core/src/modules/planning/engine/schedule/goals.ts";
import type {
  Goal,
  Problem,
  Schedule,
} from "../../core/src/modules/planning/engine/schedule/problem.ts";
import { lettersFor, type Letters } from "./schedule-letters.ts";

export interface ThreadTask {
  problem: Problem;
  seconds: number;
  clock: Clock;
  seed: number;
  letters: Letters;
  /** Which of the letter boxes is the thread's own. */
  thread: number;
}

/** Whose seconds count: the wall's, or the CPU's own, to measure on a machine that others use too. */
export type Clock = "wall" | "cpu";

/** Search threads that work on the same problem and show each other their good schedules. */
export class ScheduleThreads {
  readonly #workers: Worker[];

  private constructor(workers: Worker[]) {
    this.#workers = workers;
  }

  static start(count: number): ScheduleThreads {
    const file = new URL("./schedule-worker.ts", import.meta.url);
    return new ScheduleThreads(Array.from({ length: Math.max(1, count) }, () => new Worker(file)));
  }

  get count(): number {
    return this.#workers.length;
  }

  /** The best schedule any thread found in the time; seeds are seed, seed + 1, … */
  async solve(
    problem: Problem,
    { seconds, seed, clock = "wall" }: { seconds: number; seed: number; clock?: Clock },
  ): Promise<Schedule> {
    const letters = lettersFor(this.count, problem.operations.length);
    const schedules = await Promise.all(
      this.#workers.map(async (worker, thread): Promise<Schedule> => {
        const task: ThreadTask = { problem, seconds, clock, seed: seed + thread, letters, thread };
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(task);
        const [schedule] = await once(worker, "message");
        return schedule;
      }),
    );
    const best = schedules.reduce((a, b) => (isBetter(problem, b, a) ? b : a));
    return { ...best, iterations: schedules.reduce((sum, { iterations }) => sum + iterations, 0) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function isBetter({ goals = defaultGoals }: Problem, a: Schedule, b: Schedule): boolean {
  const decisive = goals.find((goal) => figure(a, goal) !== figure(b, goal));
  return decisive !== undefined && figure(a, decisive) < figure(b, decisive);
}

function figure(schedule: Schedule, goal: Goal): number {
  return goal === "tardiness" ? schedule.weightedTardiness : schedule[goal];
}
