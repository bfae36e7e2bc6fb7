import type { Operation, Problem } from "./problem.ts";

/** The operations it follows, each once. */
export function predecessorsOf({ after }: Operation): number[] {
  if (after === undefined) return [];
  return typeof after === "number" ? [after] : [...new Set(after)];
}

/**
 * Operations that wait for each other, one list per circle, each in the order of the work.
 * Walks back from every operation once; steps to operations that do not exist are left out, and so
 * are circles that share their closing step with one that is named: there can be n² of them.
 */
export function findCycles({ operations }: Problem): number[][] {
  const cycles: number[][] = [];
  const isNamed = new Set<number>();
  const state = new Int8Array(operations.length); // 0 new, 1 on the way, 2 done
  operations.forEach((_, start) => {
    if (state[start] !== 0) return;
    const way: { index: number; left: number[] }[] = [];
    const enter = (index: number): void => {
      state[index] = 1;
      const operation = operations[index];
      way.push({ index, left: operation ? predecessorsOf(operation) : [] });
    };
    enter(start);
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const next = last.left.pop();
      if (next === undefined) {
        state[last.index] = 2;
        way.pop();
      } else if (state[next] === 0) enter(next);
      else if (state[next] === 1 && !isNamed.has(next) && !isNamed.has(last.index)) {
        const from = way.findIndex(({ index }) => index === next);
        for (const { index } of way.slice(from)) isNamed.add(index);
        cycles.push(
          way
            .slice(from)
            .map(({ index }) => index)
            .reverse(),
        );
      }
    }
  });
  return cycles;
}
