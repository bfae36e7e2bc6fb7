/**
 * Planned orders in columns, eight bytes each: a million points have tens of millions of them, and the
 * time of a run is mostly that of touching memory. Rows of a point stand together, due days ascending;
 * `first`, `count` and the like are by rank (see `Structure`), so that the parents of a point, which it
 * asks one after the other, are near each other. Read them by `ordersOf`.
 *
 * Rows of a point that was planned anew stay behind unused until the next full run.
 */
export type Orders = {
  /** The next free row. */
  length: number;
  /** Rows up to here are free for this thread. */
  limit: number;
  /** Day on which the supply is received. */
  due: Int32Array;
  /**
   * Lower 32 bits. Where `isWide`, the upper ones follow in as many rows after the last: quantities
   * above 42 million with two decimals are rare, and half the width is half the memory.
   */
  quantity: Uint32Array;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly isWide: Uint8Array;
  /** Days from start to due, or `onCalendar`: working days, to be asked of the calendar. */
  readonly leadDays: Int32Array;
};

export const onCalendar = -1;
/** What the upper half of a quantity counts. */
export const wide = 2 ** 32;

/** Columns beyond this many rows are grown when reached instead of reserved. */
const reservedRowsMax = 64_000_000;

/** Reserves room for `rows` orders; the operating system backs only what is written. */
export function createOrders(points: number, rows: number): Orders {
  const reserved = Math.min(Math.max(rows, 1_024), reservedRowsMax);
  return {
    length: 0,
    limit: reserved,
    due: new Int32Array(reserved),
    quantity: new Uint32Array(reserved),
    first: new Int32Array(points),
    count: new Int32Array(points),
    isWide: new Uint8Array(points),
    leadDays: new Int32Array(points),
  };
}

/** Makes room for `rows` more rows. */
export function reserveOrders(orders: Orders, rows: number): void {
  if (orders.length + rows <= orders.limit) return;
  orders.limit = Math.max(orders.length + rows, orders.due.length * 2);
  const { due, quantity } = orders;
  orders.due = new Int32Array(orders.limit);
  orders.due.set(due);
  orders.quantity = new Uint32Array(orders.limit);
  orders.quantity.set(quantity);
}

/** Quantity in a row of a point that has `count` orders. */
export function quantityIn(orders: Orders, rank: number, row: number): number {
  const low = orders.quantity[row] ?? 0;
  if (orders.isWide[rank] !== 1) return low;
  return low + (orders.quantity[row + (orders.count[rank] ?? 0)] ?? 0) * wide;
}
