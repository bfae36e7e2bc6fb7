import { int32Column } from "./columns.ts";
import type { MrpInput } from "./input.ts";

/**
 * The demands of a plan: the columns of the input, chained by point, so that one can be added without
 * moving the others. A chain is in order of rows.
 */
export type DemandStore = {
  count: number;
  point: Int32Array;
  day: Int32Array;
  quantity: Float64Array;
  isForecast: Uint8Array;
  /** First row of a point, or `endOfChain`. */
  readonly head: Int32Array;
  /** Next row of the same point, or `endOfChain`. */
  next: Int32Array;
};

export const endOfChain = -1;

/** Takes over the columns of a checked input. */
export function storeDemands({ points, demands }: MrpInput): DemandStore {
  const head = int32Column(points.count).fill(endOfChain);
  const next = int32Column(demands.count).fill(endOfChain);
  for (let row = demands.count - 1; row >= 0; row -= 1) {
    const point = demands.point[row] ?? -1;
    if (point < 0) continue;
    next[row] = head[point] ?? endOfChain;
    head[point] = row;
  }
  return { ...demands, head, next };
}

/** Adds a row at the end and returns it. */
export function addDemand(
  store: DemandStore,
  demand: { point: number; day: number; quantity: number; isForecast: boolean },
): number {
  const row = store.count;
  if (row === store.point.length) grow(store);
  store.point[row] = demand.point;
  store.day[row] = demand.day;
  store.quantity[row] = demand.quantity;
  store.isForecast[row] = demand.isForecast ? 1 : 0;
  store.next[row] = endOfChain;
  let last = store.head[demand.point] ?? endOfChain;
  if (last === endOfChain) store.head[demand.point] = row;
  else {
    for (let next = last; next !== endOfChain; next = store.next[next] ?? endOfChain) last = next;
    store.next[last] = row;
  }
  store.count = row + 1;
  return row;
}

function grow(store: DemandStore): void {
  const length = Math.max(16, store.point.length * 2);
  const int32 = (from: Int32Array) => {
    const to = new Int32Array(length);
    to.set(from);
    return to;
  };
  store.point = int32(store.point);
  store.day = int32(store.day);
  store.next = int32(store.next);
  const quantity = new Float64Array(length);
  quantity.set(store.quantity);
  store.quantity = quantity;
  const isForecast = new Uint8Array(length);
  isForecast.set(store.isForecast);
  store.isForecast = isForecast;
}
