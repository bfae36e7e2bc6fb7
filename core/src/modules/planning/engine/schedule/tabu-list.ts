import { at } from "./at.ts";

/**
 * Forbids what a move has just undone, for a number of iterations: the order of two operations, and
 * an operation's machine. Both are hashed into tables of a fixed size, so that 10,000 operations
 * need no 10^8 cells; a collision forbids one move too many for a while, and does no other harm.
 */
export interface TabuList {
  pairs: Int32Array;
  places: Int32Array;
}

/** 2^18 cells = 1 MB: collision-free up to 512 operations, within a core's cache. */
const cellsMax = 1 << 18;

export function createTabuList(operations: number): TabuList {
  let cells = 64;
  while (cells < cellsMax && cells < operations * operations) cells *= 2;
  return { pairs: new Int32Array(cells), places: new Int32Array(cells) };
}

export function clearTabuList(list: TabuList): void {
  list.pairs.fill(0);
  list.places.fill(0);
}

/** Until which iteration `first` must not be put before `second` again. */
export function pairTabuUntil(list: TabuList, first: number, second: number): number {
  return at(list.pairs, cellOf(list.pairs, first, second));
}

export function forbidPair(list: TabuList, first: number, second: number, until: number): void {
  list.pairs[cellOf(list.pairs, first, second)] = until;
}

/** Until which iteration `operation` must not go to `machine` again. */
export function placeTabuUntil(list: TabuList, operation: number, machine: number): number {
  return at(list.places, cellOf(list.places, operation, machine));
}

export function forbidPlace(
  list: TabuList,
  operation: number,
  machine: number,
  until: number,
): void {
  list.places[cellOf(list.places, operation, machine)] = until;
}

function cellOf(cells: Int32Array, a: number, b: number): number {
  return (((a << 9) ^ (a >>> 9)) + b) & (cells.length - 1);
}
