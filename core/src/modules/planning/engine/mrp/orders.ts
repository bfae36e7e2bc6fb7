import { int32Column, uint32Column } from "./columns.ts";

/**
 * Planned orders in columns, eight bytes each: a million points have tens of millions of them, and the
 * time of a run is mostly that of touching memory. Rows of a point stand together, due days ascending;
 * `ofRank` says where, by rank (see `Structure`), so that the parents of a point, which it
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
   * Lower 32 bits. Where wide, the upper ones follow in as many rows after the last: quantities
   * above 42 million with two decimals are rare, and half the width is half the memory.
   */
  quantity: Uint32Array;
  /**
   * By rank, four numbers side by side, since whoever asks for one asks for the others: the first row, the
   * number of orders, the days from start to due, 1 where quantities are wide. The days are `oneByOne`
   * where they are not all it takes to read an order: working days of a calendar, or wide quantities.
   */
  readonly ofRank: Int32Array;
  /** While threads plan together: [0] is the first row that none of them has taken. */
  room: Int32Array | null;
};

export const oneByOne = -1;
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
    due: int32Column(reserved),
    quantity: uint32Column(reserved),
    ofRank: int32Column(4 * points),
    room: null,
  };
}

/**
 * Makes room for `rows` more rows.
 * @throws OrdersFull while threads plan together: they cannot move the columns
 */
export function reserveOrders(orders: Orders, rows: number): void {
  if (orders.length + rows <= orders.limit) return;
  if (orders.room === null) grow(orders, rows);
  else takeRoom(orders, orders.room, rows);
}

function takeRoom(orders: Orders, room: Int32Array, rows: number): void {
  const taken = Math.max(rows, roomRows);
  const from = Atomics.add(room, 0, taken);
  if (from + taken > orders.due.length) throw new OrdersFull();
  orders.length = from;
  orders.limit = from + taken;
}

// A few hundred points: seldom asked for, and little is left over.
const roomRows = 16_384;

/** There were more orders than room was reserved for. */
export class OrdersFull extends Error {
  constructor() {
    super("the room for planned orders is full");
    this.name = "OrdersFull";
  }
}

function grow(orders: Orders, rows: number): void {
  orders.limit = Math.max(orders.length + rows, orders.due.length * 2);
  const { due, quantity } = orders;
  orders.due = int32Column(orders.limit);
  orders.due.set(due);
  orders.quantity = uint32Column(orders.limit);
  orders.quantity.set(quantity);
}

/** Where the orders of a point lie, and how. */
export type OrderRows = {
  readonly first: number;
  readonly count: number;
  readonly isWide: boolean;
};

/** Where the orders of the point of this rank lie now. */
export function rowsOfRank({ ofRank }: Orders, rank: number): OrderRows {
  return {
    first: ofRank[4 * rank] ?? 0,
    count: ofRank[4 * rank + 1] ?? 0,
    isWide: ofRank[4 * rank + 3] === 1,
  };
}

/** Days from start to due of the orders of this rank, or `oneByOne`. */
export function leadDaysOfRank({ ofRank }: Orders, rank: number): number {
  return ofRank[4 * rank + 2] ?? 0;
}

/** Quantity in a row of a point whose orders lie as `rows` says. */
export function quantityIn({ quantity }: Orders, rows: OrderRows, row: number): number {
  const low = quantity[row] ?? 0;
  return rows.isWide ? low + (quantity[row + rows.count] ?? 0) * wide : low;
}
