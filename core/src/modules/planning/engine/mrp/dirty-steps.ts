import { leaveWord, noWord } from "./order-news.ts";
import type { MrpPlan, NetChange } from "./plan.ts";
import { noFactor } from "./prepare-net-change.ts";
import { touchChange } from "./touch-ahead.ts";
import { giveBack } from "./substitute.ts";

// What so many points stand on, about 3 kB each, fits the second-level cache.
const stepsAtOnce = 128;

/**
 * Steps that a net change has to take again, by level. Marks hold the level of each step, and the
 * complement of the last word left for it (see `OrderNews`), which is below 0, while the step is marked:
 * one answer of memory instead of two.
 */
export class DirtySteps {
  readonly #plan: MrpPlan;
  readonly #byLevel: readonly number[][];
  readonly #netChange: NetChange;

  constructor(plan: MrpPlan, netChange: NetChange) {
    this.#plan = plan;
    this.#byLevel = Array.from({ length: plan.structure.levels }, () => []);
    this.#netChange = netChange;
  }

  mark(point: number): void {
    this.#add(point);
    if (this.#plan.structure.alternates?.stepOfMain.has(point) === true) this.#markMain(point);
  }

  /** Marks what is below a point whose orders have changed, and leaves word of the news there. */
  tell(point: number, of: number): void {
    const { marks, below, news } = this.#netChange;
    const { first } = this.#plan.structure.components;
    const end = first[point + 1] ?? 0;
    for (let row = first[point] ?? 0; row < end; row += 1) {
      const component = below[2 * row] ?? 0;
      const factor = below[2 * row + 1] ?? noFactor;
      this.mark(component);
      if (factor === noFactor) continue;
      marks[component] = ~leaveWord(news, of, factor, ~(marks[component] ?? 0));
    }
  }

  /** Those who may take of an alternate whose step comes. */
  markTakers(step: number): void {
    for (const main of this.#plan.structure.alternates?.takersOf.get(step) ?? []) {
      this.#markMain(main);
    }
  }

  /**
   * Ascending, in batches of one level, what they stand on in the cache. Steps that are marked meanwhile
   * lie on deeper levels, so no list grows while it is walked.
   */
  *inOrder(): Generator<readonly number[]> {
    const place = this.#plan.structure.alternates?.place;
    for (const level of this.#byLevel) {
      if (place !== undefined) level.sort((a, b) => (place[a] ?? 0) - (place[b] ?? 0));
      for (let from = 0; from < level.length; from += stepsAtOnce) {
        const batch = level.slice(from, from + stepsAtOnce);
        touchChange(this.#plan, this.#netChange, this.#pointsOf(batch));
        yield batch;
      }
    }
  }

  #pointsOf(steps: readonly number[]): Int32Array {
    const { input, structure } = this.#plan;
    const { alternates } = structure;
    // Not by Int32Array.from: it asks an iterator for each.
    const points = new Int32Array(steps);
    if (alternates === null) return points;
    return points.map((step) => alternates.mains[step - input.points.count] ?? step);
  }

  /**
   * A main that plans again gives back what it took, and so do all who took after it: what is spare is
   * then what it was before them in the full run.
   */
  #markMain(main: number): void {
    const { alternates } = this.#plan.structure;
    const step = alternates?.stepOfMain.get(main);
    if (alternates === null || step === undefined || !this.#add(step)) return;
    giveBack(this.#plan, main);
    const place = alternates.place[step] ?? 0;
    for (const alternate of alternates.alternatesOf.get(main) ?? []) {
      for (const taker of alternates.takersOf.get(alternate) ?? []) {
        const later = alternates.stepOfMain.get(taker) ?? 0;
        if ((alternates.place[later] ?? 0) > place) this.#markMain(taker);
      }
    }
  }

  /** Afterwards no step is marked. */
  clear(): void {
    const { marks } = this.#netChange;
    for (const [level, steps] of this.#byLevel.entries()) {
      for (const step of steps) marks[step] = level;
    }
  }

  /** False when it was marked before. */
  #add(step: number): boolean {
    const { marks } = this.#netChange;
    const level = marks[step] ?? 0;
    if (level < 0) return false;
    marks[step] = ~noWord;
    this.#byLevel[level]?.push(step);
    return true;
  }
}
