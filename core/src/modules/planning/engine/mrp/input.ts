import type { WorkingCalendar } from "./calendar.ts";
import { float64Column, int32Column, uint8Column } from "./columns.ts";
import type { LotRule } from "./lot-sizing.ts";

/**
 * What MRP plans, as columns: one row is one index, all columns of a table have the same length.
 *
 * - A *stocking point* is one item at one location; everything refers to it by its row in `points`.
 * - A *day* is a whole number counted from the start of the plan (day 0). Needs that lead times push
 *   before the start keep their negative day. The engine never asks what a day is: a run in weekly
 *   buckets counts weeks.
 * - A *quantity* is a whole number of 10^-decimals of the item's UoM, exact up to 2^53. 12.50 with two
 *   decimals is 1250. `decimals` is one number for the whole plan; `points.step` is the item's own
 *   precision (a piece is 100 when decimals is 2).
 *
 * `composeInput` makes this from records with ids and decimal strings. Columns are read as
 * `column[row] ?? 0`: rows are in range by construction, the compiler cannot know it, and the machine
 * code drops the test.
 */
export type MrpInput = {
  readonly decimals: number;
  readonly points: Points;
  readonly lines: Lines;
  readonly byProducts: ByProducts;
  readonly alternates: AlternateRows;
  readonly demands: Demands;
  readonly onHand: OnHand;
  readonly receipts: Receipts;
  /** Referred to by `points.calendar`. */
  readonly calendars: readonly WorkingCalendar[];
  /** Referred to by `points.lotRule`; points with the same rule share a row. */
  readonly lotRules: readonly LotRule[];
  /** Referred to by `factor` columns; lines with the same factor share a row. */
  readonly factors: readonly Factor[];
};

/**
 * How a point is supplied. A `phantom` is never made as such: its need passes through to its
 * components on the same day, after its own stock. A `transfer` point has one line, to the same item
 * at the location that sends it.
 */
export const supplyKinds = ["make", "buy", "phantom", "transfer"] as const;
export type SupplyKind = (typeof supplyKinds)[number];

/** Value of a fence column: this point has no such fence. */
export const noFence = -(2 ** 31);
/** Value of `points.calendar`: every day is a working day. */
export const everyDay = -1;
/** Value of `onHand.lastDay`: this stock does not expire. */
export const neverExpires = 2 ** 31 - 1;

export type Points = {
  readonly count: number;
  /** Row of `supplyKinds`. */
  readonly kind: Uint8Array;
  /** Working days from start to receipt, 0 to `leadDaysMax`. */
  readonly leadDays: Int32Array;
  /** Working days by which supply arrives before its need, 0 to `leadDaysMax`. */
  readonly safetyLeadDays: Int32Array;
  /** Row of `calendars`, or `everyDay`. */
  readonly calendar: Int32Array;
  readonly safetyStock: Float64Array;
  /** Planned quantities are multiples of it, ≥ 1: the precision of the item's UoM. */
  readonly step: Float64Array;
  /** Row of `lotRules`. */
  readonly lotRule: Int32Array;
  /** No planned order is due before this day; needs before it are served on it, late. */
  readonly planningFence: Int32Array;
  /** Forecasts before this day do not count; orders do. Not later than the planning fence. */
  readonly demandFence: Int32Array;
};

/** BOM lines, and the lines from a transfer point to its sender. */
export type Lines = {
  readonly count: number;
  readonly parent: Int32Array;
  readonly component: Int32Array;
  /** Row of `factors`. */
  readonly factor: Int32Array;
};

/**
 * What comes out beside the planned orders of a point, on their due day: parent quantity × factor,
 * rounded down to the step of the product, once per order. It serves needs from that day on, and no order is
 * planned for what it serves.
 */
export type ByProducts = {
  readonly count: number;
  readonly parent: Int32Array;
  readonly product: Int32Array;
  /** Row of `factors`. */
  readonly factor: Int32Array;
};

/**
 * What may be taken instead of the component of a line, or instead of what a demand asks for; rows of one
 * line or demand in order of priority. The rule: needs take what is there of the component itself and on
 * order for it; then stock on hand of alternates that those leave over for whom it is the component; the
 * rest is ordered. Alternates are never ordered for it.
 */
export type AlternateRows = {
  readonly count: number;
  /** Row of `lines`, or -1. */
  readonly line: Int32Array;
  /** Row of `demands`, or -1. */
  readonly demand: Int32Array;
  readonly point: Int32Array;
  /** Row of `factors`: how much of the alternate stands in for one unit of the component. */
  readonly factor: Int32Array;
};

/**
 * Component quantity = parent quantity × numerator ÷ denominator, rounded up to 10^-decimals, once per
 * parent order. Holds quantity per, scrap and the yield of the parent (`lineFactor`).
 */
export type Factor = { readonly numerator: number; readonly denominator: number };

/** Independent demands: sales orders, forecasts. A row of quantity 0 is no demand. */
export type Demands = {
  readonly count: number;
  readonly point: Int32Array;
  readonly day: Int32Array;
  readonly quantity: Float64Array;
  readonly isForecast: Uint8Array;
};

/** Stock on hand, by lot. A negative quantity (stock issued before it was booked) is made good first. */
export type OnHand = {
  readonly count: number;
  readonly point: Int32Array;
  readonly quantity: Float64Array;
  /** Last day on which it may be used, or `neverExpires`. */
  readonly lastDay: Int32Array;
};

/** Open orders of any kind that will arrive: work orders, purchase orders, transfers, firmed orders. */
export type Receipts = {
  readonly count: number;
  readonly point: Int32Array;
  readonly day: Int32Array;
  readonly quantity: Float64Array;
};

/** 100 years on either side of the plan: beyond it a day is a typing error. Unit: days. */
export const dayMax = 36_525;
/** 10 years: beyond it a lead time is a typing error. Unit: days. */
export const leadDaysMax = 3_653;

/** An input of the given sizes, in memory that threads can share: buy points without stock, lot for lot, on every day of the week. */
export function allocateInput(size: {
  decimals: number;
  points: number;
  lines: number;
  byProducts?: number;
  alternates?: number;
  demands: number;
  onHand: number;
  receipts: number;
  calendars?: readonly WorkingCalendar[];
  lotRules?: readonly LotRule[];
  factors?: readonly Factor[];
}): MrpInput {
  return {
    decimals: size.decimals,
    points: {
      count: size.points,
      kind: uint8Column(size.points).fill(supplyKinds.indexOf("buy")),
      leadDays: int32Column(size.points),
      safetyLeadDays: int32Column(size.points),
      calendar: int32Column(size.points).fill(everyDay),
      safetyStock: float64Column(size.points),
      step: float64Column(size.points).fill(1),
      lotRule: int32Column(size.points),
      planningFence: int32Column(size.points).fill(noFence),
      demandFence: int32Column(size.points).fill(noFence),
    },
    lines: {
      count: size.lines,
      parent: int32Column(size.lines),
      component: int32Column(size.lines),
      factor: int32Column(size.lines),
    },
    byProducts: {
      count: size.byProducts ?? 0,
      parent: int32Column(size.byProducts ?? 0),
      product: int32Column(size.byProducts ?? 0),
      factor: int32Column(size.byProducts ?? 0),
    },
    alternates: {
      count: size.alternates ?? 0,
      line: int32Column(size.alternates ?? 0).fill(-1),
      demand: int32Column(size.alternates ?? 0).fill(-1),
      point: int32Column(size.alternates ?? 0),
      factor: int32Column(size.alternates ?? 0),
    },
    demands: {
      count: size.demands,
      point: int32Column(size.demands),
      day: int32Column(size.demands),
      quantity: float64Column(size.demands),
      isForecast: uint8Column(size.demands),
    },
    onHand: {
      count: size.onHand,
      point: int32Column(size.onHand),
      quantity: float64Column(size.onHand),
      lastDay: int32Column(size.onHand).fill(neverExpires),
    },
    receipts: {
      count: size.receipts,
      point: int32Column(size.receipts),
      day: int32Column(size.receipts),
      quantity: float64Column(size.receipts),
    },
    calendars: size.calendars ?? [],
    lotRules: size.lotRules ?? [{ rule: "lot_for_lot" }],
    factors: size.factors ?? [{ numerator: 1, denominator: 1 }],
  };
}
