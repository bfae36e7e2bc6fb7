import { findCycles } from "./cycles.ts";
import { firstOfGroups, refusedRow } from "./grouping.ts";
import type { MrpInput } from "./input.ts";
import { codesWithout, type LowLevelCodes } from "./low-level-codes.ts";

/** What may be taken instead of a component: numerator ÷ denominator of it for one unit. */
export type Alternate = {
  readonly point: number;
  readonly numerator: number;
  readonly denominator: number;
};

/**
 * Who may be taken instead of whom, and when it can be known. A *main* is a point that something may be
 * taken instead of. It is planned in two steps, because two points may stand in for each other: first
 * every alternate finds out what its own needs leave of its stock, then the main takes from that and
 * orders the rest. Step p below `points` nets point p, or only finds out what main p can spare; step
 * `points` + k plans main k.
 */
export type Alternates = {
  /** By use of the structure and by row of the demands, best first. */
  readonly ofUse: ReadonlyMap<number, readonly Alternate[]>;
  readonly ofDemand: ReadonlyMap<number, readonly Alternate[]>;
  /** Point of main k. */
  readonly mains: readonly number[];
  /** The step that plans a main. */
  readonly stepOfMain: ReadonlyMap<number, number>;
  /** What mains may take from, and who may take from an alternate, in order of planning. */
  readonly alternatesOf: ReadonlyMap<number, readonly number[]>;
  readonly takersOf: ReadonlyMap<number, readonly number[]>;
  /** Place of a step in the sequence. */
  readonly place: Int32Array;
  /** Pairs that are left out: the alternate is made of what it would replace. */
  readonly circular: readonly { readonly main: number; readonly alternate: number }[];
};

type Row = { main: number; alternate: number; row: number };

/**
 * The alternates of an input and its codes by step, when it has any. An alternate comes before what it
 * may replace; one that would then come before itself is left out.
 */
export function withAlternates(
  input: MrpInput,
  codes: LowLevelCodes,
  rank: Int32Array,
): { codes: LowLevelCodes; alternates: Alternates | null } {
  const rows = rowsOf(input, codes);
  if (rows.length === 0) return { codes, alternates: null };
  const mains = [...new Set(rows.map(({ main }) => main))];
  const stepOfMain = new Map(mains.map((main, k) => [main, input.points.count + k]));
  const steps = input.points.count + mains.length;
  const all = edgesOf(input, codes, { rows, stepOfMain });
  const tangle = tangleOf(steps, all);
  const isCircular = ({ main, alternate }: Row) => {
    const of = tangle?.[alternate] ?? 0;
    return of !== 0 && of === tangle?.[stepOfMain.get(main) ?? 0];
  };
  const circular = rows.filter(isCircular);
  const kept = rows.filter((row) => !isCircular(row));
  const edges = circular.length === 0 ? all : edgesOf(input, codes, { rows: kept, stepOfMain });
  const { level, levels, sequence } = codesWithout(steps, edges, edges.component).codes;
  const place = new Int32Array(steps);
  for (const [at, step] of sequence.entries()) place[step] = at;
  return {
    codes: { ...codes, level, levels, sequence },
    alternates: {
      mains,
      stepOfMain,
      place,
      circular,
      ...group(input, codes, kept, { rank, place, stepOfMain }),
    },
  };
}

/** Points in the order in which they are planned. */
export function plannedPoints(structure: {
  sequence: Int32Array;
  alternates: Alternates | null;
}): number[] {
  const { sequence, alternates } = structure;
  if (alternates === null) return [...sequence];
  const points = sequence.length - alternates.mains.length;
  return [...sequence]
    .filter((step) => step >= points || !alternates.stepOfMain.has(step))
    .map((step) => alternates.mains[step - points] ?? step);
}

/** The step that plans a point. */
export function planningStep(alternates: Alternates | null, point: number): number {
  return alternates?.stepOfMain.get(point) ?? point;
}

function rowsOf({ alternates, demands }: MrpInput, { componentOfLine }: LowLevelCodes): Row[] {
  const rows: Row[] = [];
  for (let row = 0; row < alternates.count; row += 1) {
    const alternate = alternates.point[row] ?? refusedRow;
    const line = alternates.line[row] ?? refusedRow;
    const demand = alternates.demand[row] ?? refusedRow;
    const main =
      line === refusedRow
        ? (demands.point[demand] ?? refusedRow)
        : (componentOfLine[line] ?? refusedRow);
    if (alternate !== refusedRow && main !== refusedRow) rows.push({ main, alternate, row });
  }
  return rows;
}

/** What must be done before what: parents, then what an alternate can spare, then what takes from it. */
function edgesOf(
  { lines, byProducts }: MrpInput,
  { componentOfLine, productOfRow }: LowLevelCodes,
  { rows, stepOfMain }: { rows: readonly Row[]; stepOfMain: ReadonlyMap<number, number> },
) {
  const planned = (point: number) => stepOfMain.get(point) ?? point;
  const count = lines.count + byProducts.count + rows.length + stepOfMain.size;
  const parent = new Int32Array(count);
  const component = new Int32Array(count);
  let edge = 0;
  const add = (before: number, after: number) => {
    parent[edge] = before;
    component[edge] = after;
    edge += 1;
  };
  for (let line = 0; line < lines.count; line += 1) {
    add(planned(lines.parent[line] ?? 0), componentOfLine[line] ?? refusedRow);
  }
  for (let row = 0; row < byProducts.count; row += 1) {
    add(planned(byProducts.parent[row] ?? 0), productOfRow[row] ?? refusedRow);
  }
  for (const { main, alternate } of rows) add(alternate, planned(main));
  for (const [main, step] of stepOfMain) add(main, step);
  return { count, parent, component, factor: component };
}

/** Null when everything has its place. */
function tangleOf(steps: number, edges: ReturnType<typeof edgesOf>): Int32Array | null {
  const { placed, codes } = codesWithout(steps, edges, edges.component);
  return placed === steps ? null : findCycles(steps, codes.components).tangle;
}

function group(
  input: MrpInput,
  codes: LowLevelCodes,
  rows: readonly Row[],
  {
    rank,
    place,
    stepOfMain,
  }: { rank: Int32Array; place: Int32Array; stepOfMain: ReadonlyMap<number, number> },
) {
  const ofUse = new Map<number, Alternate[]>();
  const ofDemand = new Map<number, Alternate[]>();
  const alternatesOf = new Map<number, Set<number>>();
  const takersOf = new Map<number, Set<number>>();
  const useOfLine = usesOfLines(input, codes, rank);
  for (const { main, alternate, row } of rows) {
    const line = input.alternates.line[row] ?? refusedRow;
    const { numerator, denominator } = input.factors[input.alternates.factor[row] ?? 0] ?? one;
    const entry = { point: alternate, numerator, denominator };
    if (line === refusedRow) addTo(ofDemand, input.alternates.demand[row] ?? 0, entry);
    else addTo(ofUse, useOfLine[line] ?? 0, entry);
    setOf(alternatesOf, main).add(alternate);
    setOf(takersOf, alternate).add(main);
  }
  const placeOf = (main: number) => place[stepOfMain.get(main) ?? 0] ?? 0;
  return {
    ofUse,
    ofDemand,
    alternatesOf: listed(alternatesOf, () => 0),
    takersOf: listed(takersOf, (a, b) => placeOf(a) - placeOf(b)),
  };
}

const one = { numerator: 1, denominator: 1 };

/**
 * Which use of the structure a line is: uses stand in the order of the lines, component by component in
 * the order of their ranks.
 */
function usesOfLines(
  { points, lines }: MrpInput,
  { componentOfLine }: LowLevelCodes,
  rank: Int32Array,
): Int32Array {
  const rankOfLine = componentOfLine.map((component) =>
    component === refusedRow ? refusedRow : (rank[component] ?? 0),
  );
  const next = firstOfGroups(rankOfLine, lines.count, points.count);
  const useOfLine = new Int32Array(lines.count);
  for (const [line, component] of rankOfLine.entries()) {
    if (component === refusedRow) continue;
    useOfLine[line] = next[component] ?? 0;
    next[component] = (next[component] ?? 0) + 1;
  }
  return useOfLine;
}

function addTo<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function setOf(map: Map<number, Set<number>>, key: number): Set<number> {
  const set = map.get(key) ?? new Set();
  map.set(key, set);
  return set;
}

function listed(
  map: ReadonlyMap<number, ReadonlySet<number>>,
  inOrder: (a: number, b: number) => number,
): Map<number, number[]> {
  return new Map(Array.from(map, ([key, set]) => [key, [...set].toSorted(inOrder)]));
}
