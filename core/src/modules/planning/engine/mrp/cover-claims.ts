import type { MrpPlan } from "./plan.ts";
import { ordersOf } from "./planned-orders.ts";
import { yielded } from "./quantity.ts";

/** Supply of a point that needs no order of its own. */
export type Supply = {
  left: number;
} & (
  | {
      readonly kind: "on_hand";
      /** Of `input.onHand`. */
      readonly row: number;
      /** Last day on which it may be used. */
      readonly lastDay: number;
    }
  | {
      readonly kind: "receipt";
      /** Of `input.receipts`. */
      readonly row: number;
    }
  | {
      readonly kind: "by_product";
      /** The planned order that it comes out beside. */
      readonly order: { readonly point: number; readonly ordinal: number };
      readonly day: number;
    }
);
type SupplyOf<Kind extends Supply["kind"]> = Extract<Supply, { kind: Kind }>;

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
 * Who gets what: claims take, in order of day, from stock that expires first, then from by-products of
 * planned orders that are there by then, then from receipts in order of date (a receipt that comes too
 * late is expected to be expedited), and the rest is missing.
 *
 * The safety stock claims first, on the day of the first need (day 0 without one), and from the stock
 * that expires last; when what it holds expires, it claims again with the next need.
 */
export function coverClaims(plan: MrpPlan, point: number, claims: Claims, cover: Cover): void {
  const { lots, outputs, receipts, owed } = suppliesOf(plan, point);
  const reserved = lots.map(() => 0);
  let safetyOpen = (plan.input.points.safetyStock[point] ?? 0) + owed;
  let fresh = 0;
  let nextReceipt = 0;
  let nextOutput = 0;

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
    if (safetyOpen > 0) safetyOpen = takeOutputs(safetyStockClaim, day, safetyOpen);
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
    if (open > 0) open = takeOutputs(claim, day, open);
    if (open > 0) open = takeReceipts(claim, day, open);
    if (open > 0) cover.missing(claim, day, open);
  }

  /** What comes out later serves later needs: an order is not made earlier for its by-products. */
  function takeOutputs(claim: number, day: number, wanted: number): number {
    let open = wanted;
    for (
      let output = outputs[nextOutput];
      output !== undefined && output.day <= day;
      output = outputs[nextOutput]
    ) {
      open -= take(claim, output, day, open);
      if (open === 0) break;
      nextOutput += 1;
    }
    return open;
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

function suppliesOf(plan: MrpPlan, point: number) {
  const { input, structure } = plan;
  const lots: SupplyOf<"on_hand">[] = [];
  const receipts: SupplyOf<"receipt">[] = [];
  let owed = 0;
  for (const row of rowsOf(structure.lots, point)) {
    const left = input.onHand.quantity[row] ?? 0;
    if (left < 0) owed -= left;
    else lots.push({ kind: "on_hand", row, lastDay: input.onHand.lastDay[row] ?? 0, left });
  }
  for (const row of rowsOf(structure.receipts, point)) {
    const left = input.receipts.quantity[row] ?? 0;
    receipts.push({ kind: "receipt", row, left });
  }
  // Sorting is stable: rows of one day keep the order of the table.
  lots.sort((a, b) => a.lastDay - b.lastDay);
  receipts.sort((a, b) => (input.receipts.day[a.row] ?? 0) - (input.receipts.day[b.row] ?? 0));
  return { lots, outputs: outputsOf(plan, point), receipts, owed };
}

/** What the planned orders of others bring of this point, in order of day. */
function outputsOf(plan: MrpPlan, point: number) {
  const { input, structure } = plan;
  const outputs: SupplyOf<"by_product">[] = [];
  for (const row of rowsOf(structure.outputs, point)) {
    const parent = input.byProducts.parent[row] ?? 0;
    const factor = input.byProducts.factor[row] ?? 0;
    for (const [ordinal, { due, quantity }] of ordersOf(plan, parent).entries()) {
      const made = yielded(
        quantity,
        structure.uses.numerator[factor] ?? 0,
        structure.uses.denominator[factor] ?? 1,
      );
      outputs.push({
        kind: "by_product",
        order: { point: parent, ordinal },
        day: due,
        // Two thirds of a piece are none.
        left: made - (made % (input.points.step[point] ?? 1)),
      });
    }
  }
  return outputs.sort((a, b) => a.day - b.day);
}

function rowsOf(grouping: { first: Int32Array; row: Int32Array }, point: number): Int32Array {
  return grouping.row.subarray(grouping.first[point], grouping.first[point + 1]);
}
