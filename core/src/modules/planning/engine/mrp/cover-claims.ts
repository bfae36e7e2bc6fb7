import type { MrpPlan } from "./plan.ts";

/** Stock on hand or a scheduled receipt of a point. `row` is its row in `input.onHand` or `input.receipts`. */
export type Supply = {
  readonly kind: "on_hand" | "receipt";
  readonly row: number;
  /** Last day on which it may be used. A receipt has no such day. */
  readonly lastDay: number;
  left: number;
};

/** What is needed, by day; days ascending. */
export type Claims = {
  readonly day: ArrayLike<number>;
  readonly quantity: ArrayLike<number>;
  readonly count: number;
};

/** The claim of the safety stock, beside the claims of needs that are numbered from 0. */
export const safetyStockClaim = -1;

export type Cover = {
  /** A claim takes from a supply. `day` is the day of need. */
  taken(match: { claim: number; supply: Supply; day: number; quantity: number }): void;
  /** What no supply covers: an order is needed. Called with days ascending. */
  missing(claim: number, day: number, quantity: number): void;
};

/**
 * Who gets what: claims take, in order of day, from stock that expires first, then from receipts in
 * order of date (a receipt that comes too late is expected to be expedited), and the rest is missing.
 *
 * The safety stock claims first, on the day of the first need (day 0 without one), and from the stock
 * that expires last; when what it holds expires, it claims again with the next need.
 */
export function coverClaims(plan: MrpPlan, point: number, claims: Claims, cover: Cover): void {
  const { lots, receipts, owed } = suppliesOf(plan, point);
  const reserved = lots.map(() => 0);
  let safetyOpen = (plan.input.points.safetyStock[point] ?? 0) + owed;
  let fresh = 0;
  let nextReceipt = 0;

  if (claims.count === 0) claimSafetyStock(0);
  for (let claim = 0; claim < claims.count; claim += 1) {
    const day = claims.day[claim] ?? 0;
    discardExpired(day);
    claimSafetyStock(day);
    claimNeed(claim, day);
  }

  function discardExpired(day: number): void {
    for (let lot = lots[fresh]; lot !== undefined && lot.lastDay < day; lot = lots[fresh]) {
      safetyOpen += reserved[fresh] ?? 0;
      fresh += 1;
    }
  }

  function claimSafetyStock(day: number): void {
    for (let index = lots.length - 1; index >= fresh && safetyOpen > 0; index -= 1) {
      const lot = lots[index];
      if (lot === undefined) continue;
      const quantity = take(safetyStockClaim, lot, day, safetyOpen);
      reserved[index] = (reserved[index] ?? 0) + quantity;
      safetyOpen -= quantity;
    }
    if (safetyOpen > 0) safetyOpen = takeReceipts(safetyStockClaim, day, safetyOpen);
    if (safetyOpen > 0) cover.missing(safetyStockClaim, day, safetyOpen);
    safetyOpen = 0;
  }

  function claimNeed(claim: number, day: number): void {
    let open = claims.quantity[claim] ?? 0;
    for (let index = fresh; index < lots.length && open > 0; index += 1) {
      const lot = lots[index];
      if (lot !== undefined) open -= take(claim, lot, day, open);
    }
    if (open > 0) open = takeReceipts(claim, day, open);
    if (open > 0) cover.missing(claim, day, open);
  }

  /** Returns what is still open. */
  function takeReceipts(claim: number, day: number, wanted: number): number {
    let open = wanted;
    for (let receipt = receipts[nextReceipt]; receipt !== undefined;) {
      open -= take(claim, receipt, day, open);
      if (open === 0) break;
      nextReceipt += 1;
      receipt = receipts[nextReceipt];
    }
    return open;
  }

  function take(claim: number, supply: Supply, day: number, wanted: number): number {
    const quantity = Math.min(supply.left, wanted);
    if (quantity > 0) cover.taken({ claim, supply, day, quantity });
    supply.left -= quantity;
    return quantity;
  }
}

function suppliesOf({ input, structure }: MrpPlan, point: number) {
  const lots: Supply[] = [];
  const receipts: Supply[] = [];
  let owed = 0;
  for (const row of rowsOf(structure.lots, point)) {
    const left = input.onHand.quantity[row] ?? 0;
    if (left < 0) owed -= left;
    else lots.push({ kind: "on_hand", row, lastDay: input.onHand.lastDay[row] ?? 0, left });
  }
  for (const row of rowsOf(structure.receipts, point)) {
    const left = input.receipts.quantity[row] ?? 0;
    receipts.push({ kind: "receipt", row, lastDay: Infinity, left });
  }
  // Sorting is stable: rows of one day keep the order of the table.
  lots.sort((a, b) => a.lastDay - b.lastDay);
  receipts.sort((a, b) => (input.receipts.day[a.row] ?? 0) - (input.receipts.day[b.row] ?? 0));
  return { lots, receipts, owed };
}

function rowsOf(grouping: { first: Int32Array; row: Int32Array }, point: number): Int32Array {
  return grouping.row.subarray(grouping.first[point], grouping.first[point + 1]);
}
