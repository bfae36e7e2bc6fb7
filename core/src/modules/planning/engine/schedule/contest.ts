import { at } from "./at.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { pairTabuUntil } from "./tabu-list.ts";
import { aheadRow, noteTrial } from "./trials.ts";

/** Operations of the path that waited for a resource try to get it before those that held it. */
export function considerContests({ path, tabu, iteration, trials }: Neighbourhood): void {
  for (let k = 0; k < path.waits; k += 1) {
    const u = at(path.waiting, k);
    const holder = at(path.holding, k);
    noteTrial(trials, pairTabuUntil(tabu, u, holder) >= iteration, u, aheadRow, holder);
  }
}
