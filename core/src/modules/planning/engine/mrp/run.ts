import type { MrpInput } from "./input.ts";
import { type MrpPlan, preparePlan } from "./plan.ts";
import { type Crew, planTogether } from "./crew.ts";
import { OrdersFull } from "./orders.ts";
import { planRanks, takeStep } from "./plan-point.ts";

/**
 * Plans every point anew (regenerative MRP), level by level in low-level-code order. Deterministic;
 * no step depends on anything but the input. Bad input never stops it: see `findingsOf`.
 *
 * Time is proportional to BOM lines × orders per parent. Memory: 8 B per planned order, about 250 B
 * per point and 36 B per line beside the input.
 */
export function runMrp(given: MrpInput, { onProgress, crew }: RunOptions = {}): MrpPlan {
  const plan = preparePlan(given);
  // What alternates can spare is asked for one after the other.
  if (crew === undefined || plan.structure.alternates !== null) return planAlone(plan, onProgress);
  try {
    planTogether(plan, crew, onProgress);
    return plan;
  } catch (error) {
    if (!(error instanceof OrdersFull)) throw error;
    return planAlone(preparePlan(given), onProgress);
  }
}

export type RunOptions = {
  readonly onProgress?: (planned: number, points: number) => void;
  /** Calls other threads to help; worth it from about a hundred thousand points on. */
  readonly crew?: Crew;
};

function planAlone(plan: MrpPlan, onProgress: RunOptions["onProgress"]): MrpPlan {
  const { sequence, alternates } = plan.structure;
  for (let from = 0; from < sequence.length; from += stepsPerProgress) {
    onProgress?.(from, sequence.length);
    const to = Math.min(from + stepsPerProgress, sequence.length);
    if (alternates === null) planRanks(plan, from, to);
    else for (let at = from; at < to; at += 1) takeStep(plan, sequence[at] ?? 0);
  }
  return plan;
}

// A few milliseconds of work: often enough for a progress bar.
const stepsPerProgress = 8_192;
