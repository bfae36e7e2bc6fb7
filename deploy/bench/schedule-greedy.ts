import type {
  Assignment,
  Problem,
} from "../../core/src/modules/planning/engine/schedule/problem.ts";

/**
 * How other ERP systems plan (../shared SCHEDULING.md names them): orders one after the other, or
 * first steps before second steps; each operation takes the first slot that holds it, on the
 * alternative that ends first. Without calendars.
 */
export type GreedyPolicy = "order_by_order" | "first_free_slot";

export function planGreedily(problem: Problem, policy: GreedyPolicy): Assignment[] {
  const placed = new Map<number, Assignment>();
  const queues: Assignment[][] = problem.machines.map(() => []);
  for (const operation of inOrder(problem, policy)) {
    const { alternatives = [], after = [], release = 0 } = problem.operations[operation] ?? {};
    let ready = release;
    for (const pred of [after].flat()) {
      const { transfer = 0 } = problem.operations[pred] ?? {};
      ready = Math.max(ready, (placed.get(pred)?.end ?? 0) + transfer);
    }
    const slots = alternatives.map(({ machine, time }) =>
      firstSlot(problem, queues[machine] ?? [], { operation, machine, time, ready }),
    );
    const best = slots.reduce((a, b) => (b.end < a.end ? b : a));
    placed.set(operation, best);
    const queue = queues[best.machine] ?? [];
    const place = queue.findIndex(({ start }) => start > best.start);
    queue.splice(place < 0 ? queue.length : place, 0, best);
  }
  return [...placed.values()].sort((a, b) => a.start - b.start);
}

function inOrder({ operations }: Problem, policy: GreedyPolicy): number[] {
  const indexes = operations.map((_, index) => index);
  if (policy === "order_by_order") return indexes;
  const step: number[] = [];
  operations.forEach(({ after = [] }, index) => {
    step[index] = [after].flat().reduce((most, pred) => Math.max(most, 1 + (step[pred] ?? 0)), 0);
  });
  return indexes.sort((a, b) => (step[a] ?? 0) - (step[b] ?? 0) || a - b);
}

function firstSlot(
  { machines, operations }: Problem,
  queue: Assignment[],
  {
    operation,
    machine,
    time,
    ready,
  }: { operation: number; machine: number; time: number; ready: number },
): Assignment {
  const { setups, setUpFor, availableFrom = 0 } = machines[machine] ?? {};
  const familyOf = (index: number): number => operations[index]?.family ?? 0;
  const setupFrom = (from: number | undefined, to: number): number =>
    from === undefined ? 0 : (setups?.[from]?.[to] ?? 0);
  const own = familyOf(operation);
  let free = availableFrom;
  let state = setUpFor;
  for (const next of queue) {
    const start = Math.max(ready, free + setupFrom(state, own));
    if (start + time + setupFrom(own, familyOf(next.operation)) <= next.start)
      return { operation, machine, start, end: start + time };
    free = next.end;
    state = familyOf(next.operation);
  }
  const start = Math.max(ready, free + setupFrom(state, own));
  return { operation, machine, start, end: start + time };
}
