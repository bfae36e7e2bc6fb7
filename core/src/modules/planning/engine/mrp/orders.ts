/**
 * Planned orders in columns: those of point p are the rows `first[p]` to `first[p] + count[p] - 1`,
 * due days ascending. Rows of a point that was planned anew stay behind unused until the next full run.
 */
export type Orders = {
  /** Rows written; the columns are longer. */
  length: number;
  /** Day on which the supply is received. */
  due: Int32Array;
  /** Day on which it starts: components are needed on it. */
  start: Int32Array;
  quantity: Float64Array;
  readonly first: Int32Array;
  readonly count: Int32Array;
};

/** Columns beyond this many rows are grown when reached instead of reserved. */
const reservedRowsMax = 64_000_000;

/** Reserves room for `rows` orders; the operating system backs only what is written. */
export function createOrders(points: number, rows: number): Orders {
  const reserved = Math.min(Math.max(rows, 1_024), reservedRowsMax);
  return {
    length: 0,
    due: new Int32Array(reserved),
    start: new Int32Array(reserved),
    quantity: new Float64Array(reserved),
    first: new Int32Array(points),
    count: new Int32Array(points),
  };
}

/** Makes room for `rows` more orders. */
export function reserveOrders(orders: Orders, rows: number): void {
  if (orders.length + rows <= orders.due.length) return;
  const length = Math.max(orders.length + rows, orders.due.length * 2);
  orders.due = grown(orders.due, new Int32Array(length));
  orders.start = grown(orders.start, new Int32Array(length));
  orders.quantity = grown(orders.quantity, new Float64Array(length));
}

function grown<Column extends Int32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
