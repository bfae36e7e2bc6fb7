import { int32Column } from "./columns.ts";
import { findCycles } from "./cycles.ts";
import { refusedRow } from "./grouping.ts";
import type { ByProducts, Lines } from "./input.ts";

/**
 * The order in which points are netted, one step per point; `withAlternates` adds steps. The low-level code of a point is the longest way to it from
 * any point without parents; a point comes after all its parents, so it is netted once.
 */
export type LowLevelCodes = {
  /** Of a step. */
  readonly level: Int32Array;
  /** Number of levels: the highest code + 1. */
  readonly levels: number;
  /** All steps, by level. Within a level a point stands near its last parent, which keeps memory warm. */
  readonly sequence: Int32Array;
  /**
   * Components and by-products of point p: `component[first[p]]` to `component[first[p + 1] - 1]`,
   * without cyclic lines.
   */
  readonly components: { readonly first: Int32Array; readonly component: Int32Array };
  /** Points of each cycle, each the parent of the next and the last the parent of the first. */
  readonly cycles: readonly (readonly number[])[];
  /** Component of each line, `refusedRow` where the line is refused or closes a cycle. */
  readonly componentOfLine: Int32Array;
  /** The same for the by-products: a by-product is planned after what it comes out beside. */
  readonly productOfRow: Int32Array;
};

type Codes = Omit<LowLevelCodes, "productOfRow">;

/**
 * Kahn's algorithm: O(points + lines), which is also the cycle check. When points lie on cycles, the
 * lines inside each tangle of cycles are left out and everything else keeps its place.
 */
export function lowLevelCodes(points: number, lines: Lines, byProducts: ByProducts): LowLevelCodes {
  if (byProducts.count === 0) {
    return { ...codesOf(points, lines), productOfRow: byProducts.product };
  }
  const codes = codesOf(points, together(lines, byProducts));
  return {
    ...codes,
    componentOfLine: codes.componentOfLine.subarray(0, lines.count),
    productOfRow: codes.componentOfLine.subarray(lines.count),
  };
}

/** Both tables as one of lines: the order of planning does not ask which way things flow. */
function together(lines: Lines, byProducts: ByProducts): Lines {
  const count = lines.count + byProducts.count;
  const parent = new Int32Array(count);
  parent.set(lines.parent.subarray(0, lines.count));
  parent.set(byProducts.parent, lines.count);
  const component = new Int32Array(count);
  component.set(lines.component.subarray(0, lines.count));
  component.set(byProducts.product, lines.count);
  return { count, parent, component, factor: lines.factor };
}

function codesOf(points: number, lines: Lines): Codes {
  const acyclic = codesWithout(points, lines, lines.component);
  if (acyclic.placed === points) return { ...acyclic.codes, cycles: [] };
  const { cycles, tangle } = findCycles(points, acyclic.codes.components);
  const componentOfLine = lines.component.slice();
  for (let line = 0; line < lines.count; line += 1) {
    const component = componentOfLine[line] ?? refusedRow;
    if (component === refusedRow) continue;
    const of = tangle[lines.parent[line] ?? 0] ?? 0;
    if (of !== 0 && of === tangle[component]) componentOfLine[line] = refusedRow;
  }
  return { ...codesWithout(points, lines, componentOfLine).codes, cycles };
}

/** The codes without the cycles: what lies on one or below has no place (`placed` < `points`). */
export function codesWithout(points: number, lines: Lines, componentOfLine: Int32Array) {
  const components = componentsByParent(points, lines, componentOfLine);
  const { first, component } = components;
  const parentsLeft = new Int32Array(points);
  for (let place = 0; place < component.length; place += 1) {
    const child = component[place] ?? 0;
    parentsLeft[child] = (parentsLeft[child] ?? 0) + 1;
  }
  const level = int32Column(points);
  const sequence = int32Column(points);
  let placed = 0;
  for (let point = 0; point < points; point += 1) {
    if (parentsLeft[point] === 0) sequence[placed++] = point;
  }
  // The queue is sorted by level by itself: a point enters when its last, and so deepest, parent leaves.
  for (let head = 0; head < placed; head += 1) {
    const point = sequence[head] ?? 0;
    const below = (level[point] ?? 0) + 1;
    const end = first[point + 1] ?? 0;
    for (let place = first[point] ?? 0; place < end; place += 1) {
      const child = component[place] ?? 0;
      const left = (parentsLeft[child] ?? 0) - 1;
      parentsLeft[child] = left;
      if (left === 0) {
        level[child] = below;
        sequence[placed++] = child;
      }
    }
  }
  const levels = placed === 0 ? 0 : (level[sequence[placed - 1] ?? 0] ?? 0) + 1;
  return { placed, codes: { level, levels, sequence, components, componentOfLine } };
}

function componentsByParent(points: number, lines: Lines, componentOfLine: Int32Array) {
  const first = new Int32Array(points + 1);
  for (let line = 0; line < lines.count; line += 1) {
    if (componentOfLine[line] === refusedRow) continue;
    const parent = lines.parent[line] ?? 0;
    first[parent + 1] = (first[parent + 1] ?? 0) + 1;
  }
  for (let of = 0; of < points; of += 1) first[of + 1] = (first[of + 1] ?? 0) + (first[of] ?? 0);
  const component = new Int32Array(first[points] ?? 0);
  const next = first.slice(0, points);
  for (let line = 0; line < lines.count; line += 1) {
    const child = componentOfLine[line] ?? refusedRow;
    if (child === refusedRow) continue;
    const parent = lines.parent[line] ?? 0;
    const place = next[parent] ?? 0;
    component[place] = child;
    next[parent] = place + 1;
  }
  return { first, component };
}
