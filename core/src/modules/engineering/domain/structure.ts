import type { Fraction } from "./fraction.ts";

/** One component of one product, for one unit of the product, scrap included, in the component's unit. */
export type StructureLine = {
  readonly product: string;
  readonly component: string;
  readonly per: Fraction;
};

/**
 * The bills of materials of a day as a graph over item numbers 0 … n-1, compact enough for millions of
 * lines. Components of item i: lines `first[i]` to `first[i + 1] - 1`.
 */
export type Structure = {
  readonly items: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly first: Int32Array;
  readonly component: Int32Array;
  /** Quantity per unit of the product: `over[line] ÷ under[line]`. */
  readonly over: readonly bigint[];
  readonly under: readonly bigint[];
  /** Every item after all products that use it. Without those on a cycle or below one. */
  readonly sequence: Int32Array;
  /** A shortest cycle, each item a component of the one before it, the first repeated at the end; or null. */
  readonly cycle: readonly string[] | null;
};

/** Builds the graph in O(items + lines). Items without lines may be named in `alone`. */
export function buildStructure(
  lines: readonly StructureLine[],
  alone: Iterable<string> = [],
): Structure {
  const indexOf = new Map<string, number>();
  const number = (item: string): number => {
    const known = indexOf.get(item);
    if (known !== undefined) return known;
    indexOf.set(item, indexOf.size);
    return indexOf.size - 1;
  };
  for (const item of alone) number(item);
  const product = Int32Array.from(lines, (line) => number(line.product));
  const componentOf = Int32Array.from(lines, (line) => number(line.component));

  const first = new Int32Array(indexOf.size + 1);
  for (const of of product) first[of + 1] = (first[of + 1] ?? 0) + 1;
  for (let item = 0; item < indexOf.size; item += 1)
    first[item + 1] = (first[item + 1] ?? 0) + (first[item] ?? 0);
  const next = first.slice();
  const component = new Int32Array(lines.length);
  const over = Array.from({ length: lines.length }, () => 0n);
  const under = Array.from({ length: lines.length }, () => 1n);
  for (const [index, line] of lines.entries()) {
    const of = product[index] ?? 0;
    const place = next[of] ?? 0;
    next[of] = place + 1;
    component[place] = componentOf[index] ?? 0;
    over[place] = line.per.over;
    under[place] = line.per.under;
  }
  const sequence = productsFirst(first, component);
  const items = [...indexOf.keys()];
  const cycle =
    sequence.length === items.length
      ? null
      : shortestCycle(first, component, new Set(sequence)).map((item) => items[item] ?? "");
  return { items, indexOf, first, component, over, under, sequence, cycle };
}

/** Kahn's algorithm; what lies on a cycle, or below one, never becomes free. */
function productsFirst(first: Int32Array, component: Int32Array): Int32Array {
  const count = first.length - 1;
  const productsLeft = new Int32Array(count);
  for (const item of component) productsLeft[item] = (productsLeft[item] ?? 0) + 1;
  const sequence = new Int32Array(count);
  let placed = 0;
  for (let item = 0; item < count; item += 1) {
    if (productsLeft[item] === 0) sequence[placed++] = item;
  }
  for (let head = 0; head < placed; head += 1) {
    const item = sequence[head] ?? 0;
    for (let line = first[item] ?? 0; line < (first[item + 1] ?? 0); line += 1) {
      const below = component[line] ?? 0;
      const left = (productsLeft[below] ?? 0) - 1;
      productsLeft[below] = left;
      if (left === 0) sequence[placed++] = below;
    }
  }
  return sequence.subarray(0, placed);
}

/** Breadth first from each item that is not placed; the first that comes back to itself names the cycle. */
function shortestCycle(
  first: Int32Array,
  component: Int32Array,
  placed: ReadonlySet<number>,
): number[] {
  for (let start = 0; start < first.length - 1; start += 1) {
    if (placed.has(start)) continue;
    const cameFrom = new Map<number, number>();
    const queue = [start];
    for (const item of queue) {
      for (let line = first[item] ?? 0; line < (first[item + 1] ?? 0); line += 1) {
        const below = component[line] ?? 0;
        if (below === start) return [...wayTo(cameFrom, start, item), start];
        if (cameFrom.has(below) || placed.has(below)) continue;
        cameFrom.set(below, item);
        queue.push(below);
      }
    }
  }
  return [];
}

function wayTo(cameFrom: ReadonlyMap<number, number>, start: number, end: number): number[] {
  const way = [end];
  for (let item = end; item !== start;) {
    item = cameFrom.get(item) ?? start;
    way.push(item);
  }
  return way.toReversed();
}
