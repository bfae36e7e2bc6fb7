import type { Alternate } from "./alternates.ts";
import { coverClaims } from "./cover-claims.ts";
import type { Need, Taken } from "./need.ts";
import { listNeeds } from "./needs.ts";
import type { MrpPlan } from "./plan.ts";
import { required, yielded } from "./quantity.ts";

/**
 * What others may take of a point: stock on hand that its own needs and its safety stock leave over, in
 * all of the plan. What is on order for it stays its own.
 */
export function offerStock(plan: MrpPlan, point: number): void {
  const { first, row: rows } = plan.structure.lots;
  for (const row of rows.subarray(first[point], first[point + 1])) {
    plan.spare[row] = Math.max(0, plan.input.onHand.quantity[row] ?? 0);
  }
  coverClaims(plan, point, listNeeds(plan, point), {
    taken: ({ supply, quantity }) => {
      if (supply.kind !== "on_hand") return;
      plan.spare[supply.row] = (plan.spare[supply.row] ?? 0) - quantity;
    },
    missing: () => {},
  });
}

/**
 * Covers what is missing of a main component from the spare stock of its alternates, best first; returns
 * what is still missing. Part of a need is covered in whole steps of the main component's unit, so that
 * no piece is made of two.
 */
export function takeInstead(
  plan: MrpPlan,
  main: number,
  missing: { need: Need; day: number; quantity: number },
): number {
  const { need, day } = missing;
  let open = missing.quantity;
  for (const alternate of alternatesFor(plan, need)) {
    if (open === 0) break;
    const covered = coverable(plan, main, alternate, { day, open });
    if (covered === 0) continue;
    const quantity = required(covered, alternate.numerator, alternate.denominator);
    const lots = takeSpare(plan, alternate.point, { day, quantity });
    const takings = plan.takings.get(main) ?? [];
    takings.push({ need, day, covered, alternate: alternate.point, lots });
    plan.takings.set(main, takings);
    open -= covered;
  }
  return open;
}

/** Gives back all that a main component's needs took of its alternates. */
export function giveBack(plan: MrpPlan, main: number): void {
  for (const { lots } of plan.takings.get(main) ?? []) {
    for (const { row, quantity } of lots) plan.spare[row] = (plan.spare[row] ?? 0) + quantity;
  }
  plan.takings.delete(main);
}

function alternatesFor({ structure }: MrpPlan, need: Need): readonly Alternate[] {
  const { alternates } = structure;
  const found =
    need.kind === "demand" ? alternates?.ofDemand.get(need.row) : alternates?.ofUse.get(need.use);
  return found ?? [];
}

/** How much of what is open, in the main component's unit, the alternate's spare stock covers. */
function coverable(
  plan: MrpPlan,
  main: number,
  { point, numerator, denominator }: Alternate,
  { day, open }: { day: number; open: number },
): number {
  let spare = 0;
  for (const row of spareRows(plan, point, day)) spare += plan.spare[row] ?? 0;
  if (spare === 0) return 0;
  if (required(open, numerator, denominator) <= spare) return open;
  const most = Math.min(open, yielded(spare, denominator, numerator));
  return most - (most % (plan.input.points.step[main] ?? 1));
}

/** What expires first goes first. */
function takeSpare(
  plan: MrpPlan,
  alternate: number,
  { day, quantity }: { day: number; quantity: number },
): Taken["lots"] {
  const lots: { row: number; quantity: number }[] = [];
  let open = quantity;
  for (const row of spareRows(plan, alternate, day)) {
    const taken = Math.min(open, plan.spare[row] ?? 0);
    if (taken === 0) continue;
    plan.spare[row] = (plan.spare[row] ?? 0) - taken;
    lots.push({ row, quantity: taken });
    open -= taken;
  }
  return lots;
}

/** Lots of a point that may still be used on a day, by the day on which they expire. */
function spareRows({ input, structure }: MrpPlan, point: number, day: number): number[] {
  const { lastDay } = input.onHand;
  const { first, row } = structure.lots;
  return [...row.subarray(first[point], first[point + 1])]
    .filter((each) => (lastDay[each] ?? 0) >= day)
    .sort((a, b) => (lastDay[a] ?? 0) - (lastDay[b] ?? 0));
}
