import { float64Column } from "./columns.ts";
import { refusedRow } from "./grouping.ts";
import { type MrpInput, neverExpires, noFence, supplyKinds } from "./input.ts";
import {
  type LotRuleColumns,
  lotForLotName,
  lotRuleColumns,
  lotRuleOf,
} from "./lot-rule-columns.ts";
import type { LotRule } from "./lot-sizing.ts";
import type { Structure } from "./structure.ts";

/**
 * What planning asks of a point, by rank and side by side: a record has the size in which memory answers,
 * where columns in the order of the input would be asked a dozen times. Both are views of one memory.
 *
 * A phantom takes no time, has no fence and no lot rule, so its record says so, and nobody asks for it.
 */
export type PointTerms = { readonly quantities: Float64Array; readonly wholes: Int32Array };

// A record of 64 bytes: five quantities, the last three of them the numbers of the lot rule …
const quantitiesOfRecord = 8;
const freeStock = 0;
const step = 1;
const ruleNumbers = 2;
// … and six whole numbers of half the width behind them.
const wholesOfRecord = 16;
const ruleName = 10;
const isDated = 11;
const leadDays = 12;
const safetyLeadDays = 13;
const calendar = 14;
const planningFence = 15;

const phantom = supplyKinds.indexOf("phantom");

/**
 * The terms of a checked input, written column by column: only the reads of one column are scattered then,
 * and memory answers ten at once. Record by record takes three times longer.
 */
export function pointTerms(input: MrpInput, structure: Structure): PointTerms {
  const { points } = input;
  const { byRank } = structure;
  const quantities = float64Column(quantitiesOfRecord * points.count);
  const terms = { quantities, wholes: new Int32Array(quantities.buffer) };
  writeDoubles(terms, freeStock, freeStocks(input), byRank);
  writeDoubles(terms, step, points.step, byRank);
  writeBytes(terms, isDated, findDatedSupply(input, structure), byRank);
  writeInts(terms, leadDays, points.leadDays, byRank);
  writeInts(terms, safetyLeadDays, points.safetyLeadDays, byRank);
  writeInts(terms, calendar, points.calendar, byRank);
  writeInts(terms, planningFence, points.planningFence, byRank);
  writeRules(terms, lotRuleColumns(input.lotRules), points.lotRule, byRank);
  for (let rank = 0; rank < byRank.length; rank += 1) {
    if (points.kind[byRank[rank] ?? 0] === phantom) writePhantom(terms, rank);
  }
  return terms;
}

/** Stock above the safety stock; below 0 when the safety stock is not complete. */
export function freeStockOf({ quantities }: PointTerms, rank: number): number {
  return quantities[quantitiesOfRecord * rank + freeStock] ?? 0;
}

/** Stock that does not expire became more, or less. */
export function addStock({ quantities }: PointTerms, rank: number, quantity: number): void {
  const at = quantitiesOfRecord * rank + freeStock;
  quantities[at] = (quantities[at] ?? 0) + quantity;
}

/** Whether receipts, by-products or expiring lots make netting a matter of dates; else stock is one number. */
export function hasDates({ wholes }: PointTerms, rank: number): boolean {
  return wholes[wholesOfRecord * rank + isDated] === 1;
}

/** Whether each day's shortage is one order, and stock is all there is before it. */
export function isLotForLotOfStock(terms: PointTerms, rank: number): boolean {
  const { wholes } = terms;
  const whole = wholesOfRecord * rank;
  return (
    wholes[whole + isDated] === 0 &&
    wholes[whole + ruleName] === lotForLotName &&
    wholes[whole + planningFence] === noFence &&
    stepOf(terms, rank) === 1
  );
}

/** Planned quantities are multiples of it. */
export function stepOf({ quantities }: PointTerms, rank: number): number {
  return quantities[quantitiesOfRecord * rank + step] ?? 1;
}

export function lotRuleAt({ quantities, wholes }: PointTerms, rank: number): LotRule {
  const numbers = quantitiesOfRecord * rank + ruleNumbers;
  return lotRuleOf(wholes[wholesOfRecord * rank + ruleName] ?? 0, [
    quantities[numbers] ?? 0,
    quantities[numbers + 1] ?? 0,
    quantities[numbers + 2] ?? 0,
  ]);
}

/** No order is due before this day, or `noFence`. */
export function fenceOf({ wholes }: PointTerms, rank: number): number {
  return wholes[wholesOfRecord * rank + planningFence] ?? noFence;
}

/** What a point takes to be supplied. */
export type LeadTerms = {
  readonly calendar: number;
  readonly leadDays: number;
  readonly safetyLeadDays: number;
};

export function leadTermsOf({ wholes }: PointTerms, rank: number): LeadTerms {
  const whole = wholesOfRecord * rank;
  return {
    calendar: wholes[whole + calendar] ?? 0,
    leadDays: wholes[whole + leadDays] ?? 0,
    safetyLeadDays: wholes[whole + safetyLeadDays] ?? 0,
  };
}

/** Reads both ends of a record, which may lie across two lines of memory (see `touch-ahead.ts`). */
export function touchTerms({ wholes }: PointTerms, rank: number): number {
  const whole = wholesOfRecord * rank;
  return (wholes[whole] ?? 0) + (wholes[whole + wholesOfRecord - 1] ?? 0);
}

// The same three times over: a function that sees one kind of column only is ten times faster.

function writeDoubles(
  { quantities }: PointTerms,
  place: number,
  column: Float64Array,
  byRank: Int32Array,
): void {
  for (let rank = 0; rank < byRank.length; rank += 1) {
    quantities[quantitiesOfRecord * rank + place] = column[byRank[rank] ?? 0] ?? 0;
  }
}

function writeInts(
  { wholes }: PointTerms,
  place: number,
  column: Int32Array,
  byRank: Int32Array,
): void {
  for (let rank = 0; rank < byRank.length; rank += 1) {
    wholes[wholesOfRecord * rank + place] = column[byRank[rank] ?? 0] ?? 0;
  }
}

function writeBytes(
  { wholes }: PointTerms,
  place: number,
  column: Uint8Array,
  byRank: Int32Array,
): void {
  for (let rank = 0; rank < byRank.length; rank += 1) {
    wholes[wholesOfRecord * rank + place] = column[byRank[rank] ?? 0] ?? 0;
  }
}

function writeRules(
  { quantities, wholes }: PointTerms,
  rules: LotRuleColumns,
  ruleOfPoint: Int32Array,
  byRank: Int32Array,
): void {
  for (let rank = 0; rank < byRank.length; rank += 1) {
    const rule = ruleOfPoint[byRank[rank] ?? 0] ?? 0;
    const numbers = quantitiesOfRecord * rank + ruleNumbers;
    wholes[wholesOfRecord * rank + ruleName] = rules.name[rule] ?? lotForLotName;
    quantities[numbers] = rules.value[3 * rule] ?? 0;
    quantities[numbers + 1] = rules.value[3 * rule + 1] ?? 0;
    quantities[numbers + 2] = rules.value[3 * rule + 2] ?? 0;
  }
}

function writePhantom({ quantities, wholes }: PointTerms, rank: number): void {
  const whole = wholesOfRecord * rank;
  quantities[quantitiesOfRecord * rank + step] = 1;
  wholes[whole + ruleName] = lotForLotName;
  wholes[whole + leadDays] = 0;
  wholes[whole + safetyLeadDays] = 0;
  wholes[whole + planningFence] = noFence;
}

/** Stock less safety stock, by point; may be negative. */
function freeStocks({ points, onHand }: MrpInput): Float64Array {
  const stock = new Float64Array(points.count);
  for (let row = 0; row < onHand.count; row += 1) {
    const point = onHand.point[row] ?? refusedRow;
    if (point !== refusedRow) stock[point] = (stock[point] ?? 0) + (onHand.quantity[row] ?? 0);
  }
  for (let point = 0; point < points.count; point += 1) {
    stock[point] = (stock[point] ?? 0) - (points.safetyStock[point] ?? 0);
  }
  return stock;
}

/** 1 by point where supply has a date. */
function findDatedSupply(
  { points, onHand, receipts }: MrpInput,
  { productOfRow }: Structure,
): Uint8Array {
  const hasDatedSupply = new Uint8Array(points.count);
  for (let row = 0; row < onHand.count; row += 1) {
    const point = onHand.point[row] ?? refusedRow;
    if (point !== refusedRow && onHand.lastDay[row] !== neverExpires) hasDatedSupply[point] = 1;
  }
  for (let row = 0; row < receipts.count; row += 1) {
    const point = receipts.point[row] ?? refusedRow;
    if (point !== refusedRow) hasDatedSupply[point] = 1;
  }
  for (const product of productOfRow) {
    if (product !== refusedRow) hasDatedSupply[product] = 1;
  }
  return hasDatedSupply;
}
