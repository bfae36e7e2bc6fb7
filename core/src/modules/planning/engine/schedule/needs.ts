import type { Operation } from "./problem.ts";

/** One row per resource; one that is named twice needs both amounts. */
export function needsOf({ needs = [] }: Operation): { resource: number; amount: number }[] {
  const amounts = new Map<number, number>();
  for (const { resource, amount = 1 } of needs)
    amounts.set(resource, amount + (amounts.get(resource) ?? 0));
  return [...amounts].map(([resource, amount]) => ({ resource, amount }));
}
