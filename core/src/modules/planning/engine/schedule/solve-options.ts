import type { Elite } from "./elite.ts";
import type { Goal } from "./problem.ts";

export interface SolveOptions {
  /** The same problem, seed and number of iterations give the same schedule. */
  seed: number;
  /**
   * Asked about every millisecond. True: the best schedule so far is returned at once; the search
   * never starts when it is true from the beginning, a dispatched schedule is still returned.
   */
  shouldStop: () => boolean;
  /** Moves at most. Default: unlimited. */
  iterationsMax?: number;
  /** Told the figures of each better schedule. */
  onImprovement?: (figures: Figures) => void;
  /**
   * Swaps good schedules with a search of the same problem on another thread: takes our newest one,
   * returns theirs if there is a new one. Plain arrays, see elite.ts; the caller copies.
   */
  exchange?: (own: Elite) => Elite | null;
}

/** The goals that count and their figures. */
export type Figures = Partial<Record<Goal, number>>;
