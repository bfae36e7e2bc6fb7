import { assertNever } from "@millwright/contracts/units";

import { type Column, copyColumn } from "./columns.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { refusedRow } from "./grouping.ts";
import {
  dayMax,
  everyDay,
  leadDaysMax,
  type MrpInput,
  neverExpires,
  noFence,
  supplyKinds,
} from "./input.ts";
import { largestLot, type LotRule } from "./lot-sizing.ts";

/**
 * The input with everything plannable: refused rows point at `refusedRow`, columns of points hold a usable
 * value. Each correction has its finding. Columns are the caller's and are not touched: one that needs a
 * correction is copied first (copying all of a million points takes longer than checking them).
 */
export function checkInput(given: MrpInput): { input: MrpInput; findings: Finding[] } {
  const findings: Finding[] = [];
  const report = (code: FindingCode, points: number[], message: string) => {
    findings.push({ code, points, message });
  };
  const lotRules = [...given.lotRules];
  const input: MrpInput = {
    ...given,
    points: { ...given.points },
    lines: { ...given.lines },
    alternates: { ...given.alternates },
    byProducts: { ...given.byProducts },
    demands: { ...given.demands },
    onHand: { ...given.onHand },
    receipts: { ...given.receipts },
    lotRules,
  };
  checkCalendars(input, report);
  checkLotRules(input, lotRules, report);
  checkPoints(input, lotRules, report);
  checkLotSteps(input, lotRules, report);
  checkLines(input, report);
  checkByProducts(input, report);
  checkAlternates(input, report);
  checkTransfers(input, report);
  checkRows(input, report);
  return { input, findings };
}

type Report = (code: FindingCode, points: number[], message: string) => void;

/** Whether a demand or receipt can be planned: at most 100 years away, 0 to 2^53. */
export function isPlannable(day: number, quantity: number): boolean {
  return Math.abs(day) <= dayMax && Number.isSafeInteger(quantity) && quantity >= 0;
}

function checkCalendars({ points, calendars }: MrpInput, report: Report): void {
  for (const [row, { name, working }] of calendars.entries()) {
    if (working.some((day) => day !== 0)) continue;
    const users = pointsWhere(points.calendar, row);
    for (const point of users) correct(points, "calendar", point, everyDay);
    if (users.length > 0) {
      report(
        "calendar.empty",
        users,
        `calendar ${name} has no working day; lead times on it count every day`,
      );
    }
  }
}

function checkLotRules({ points }: MrpInput, lotRules: LotRule[], report: Report): void {
  for (const [row, rule] of lotRules.entries()) {
    const contradiction = contradictionIn(rule);
    if (contradiction === null) continue;
    lotRules[row] = { rule: "lot_for_lot" };
    report(
      "lot_rule.contradiction",
      pointsWhere(points.lotRule, row),
      `${rule.rule}: ${contradiction}; planned lot for lot`,
    );
  }
}

function contradictionIn(rule: LotRule): string | null {
  switch (rule.rule) {
    case "lot_for_lot":
      return null;
    case "fixed":
    case "economic_order_quantity":
      return isQuantityAboveZero(rule.quantity) ? null : "the quantity must be above 0";
    case "period_order_quantity":
      return Number.isInteger(rule.days) && rule.days >= 1 ? null : "the period must be ≥ 1 day";
    case "wagner_whitin":
      return Number.isSafeInteger(rule.partPeriods) && rule.partPeriods >= 0
        ? null
        : "the order cost must be ≥ 0 and the holding cost above 0";
    case "min_max_multiple": {
      const { minimum, maximum, multiple } = rule;
      const all = [minimum, maximum, multiple];
      if (!all.every((value) => Number.isSafeInteger(value) && value >= 0)) {
        return "minimum, maximum and multiple must be ≥ 0";
      }
      return contradictionAt(rule, 1);
    }
    default:
      return assertNever(rule);
  }
}

/** What a rule promises can be impossible with the precision of a point's unit: orders are whole steps. */
function checkLotSteps({ points }: MrpInput, lotRules: LotRule[], report: Report): void {
  const culprits = new Map<string, number[]>();
  for (let point = 0; point < points.count; point += 1) {
    const step = points.step[point] ?? 1;
    const rule = lotRules[points.lotRule[point] ?? 0];
    if (step === 1 || rule?.rule !== "min_max_multiple") continue;
    const contradiction = contradictionAt(rule, step);
    if (contradiction === null) continue;
    correct(points, "lotRule", point, lotForLotRow(lotRules));
    const before = culprits.get(contradiction);
    if (before === undefined) culprits.set(contradiction, [point]);
    else before.push(point);
  }
  for (const [contradiction, of] of culprits) {
    const message = `min_max_multiple in whole steps of the unit: ${contradiction}; planned lot for lot`;
    report("lot_rule.contradiction", of, message);
  }
}

function contradictionAt(
  { minimum, maximum, multiple }: LotRule & { rule: "min_max_multiple" },
  step: number,
): string | null {
  if (maximum === 0) return null;
  const largest = largestLot({ maximum, multiple }, step);
  if (largest === 0) return "no multiple fits under the maximum";
  return minimum > largest ? "the minimum is above the largest multiple up to the maximum" : null;
}

function checkPoints({ points, calendars }: MrpInput, lotRules: LotRule[], report: Report): void {
  for (let point = 0; point < points.count; point += 1) {
    checkLeadDays(points, "leadDays", point, report);
    checkLeadDays(points, "safetyLeadDays", point, report);
    const stock = points.safetyStock[point] ?? 0;
    if (!Number.isSafeInteger(stock) || stock < 0) {
      correct(points, "safetyStock", point, 0);
      report(
        "quantity.not_exact",
        [point],
        `safety stock ${stock} is not plannable; planned with 0`,
      );
    }
    if (!isQuantityAboveZero(points.step[point] ?? 0)) {
      correct(points, "step", point, 1);
      report(
        "quantity.not_exact",
        [point],
        "the step must be a whole number above 0; planned with 1",
      );
    }
    const calendar = points.calendar[point] ?? everyDay;
    if (calendar !== everyDay && calendars[calendar] === undefined) {
      correct(points, "calendar", point, everyDay);
      report("calendar.empty", [point], `calendar ${calendar} does not exist; every day counts`);
    }
    if (lotRules[points.lotRule[point] ?? 0] === undefined) {
      // Row 0 need not be lot for lot, so the fallback is a row of its own.
      correct(points, "lotRule", point, lotForLotRow(lotRules));
      report("lot_rule.contradiction", [point], "the lot rule does not exist; planned lot for lot");
    }
    checkFences(points, point, report);
  }
}

function checkLeadDays(
  points: MrpInput["points"],
  column: "leadDays" | "safetyLeadDays",
  point: number,
  report: Report,
): void {
  const lead = points[column][point] ?? 0;
  if (lead >= 0 && lead <= leadDaysMax) return;
  const used = Math.min(Math.max(lead, 0), leadDaysMax);
  correct(points, column, point, used);
  report(
    "lead_time.out_of_range",
    [point],
    `lead time of ${lead} days is not in 0 to ${leadDaysMax}; planned with ${used}`,
  );
}

function checkFences(points: MrpInput["points"], point: number, report: Report): void {
  const planning = points.planningFence[point] ?? noFence;
  const demand = points.demandFence[point] ?? noFence;
  if (planning !== noFence && (planning < 0 || planning > dayMax)) {
    correct(points, "planningFence", point, noFence);
    report(
      "fence.contradiction",
      [point],
      `the planning time fence on day ${planning} is not in 0 to ${dayMax}; planned without it`,
    );
  } else if (demand > planning && planning !== noFence) {
    correct(points, "demandFence", point, planning);
    report(
      "fence.contradiction",
      [point],
      `the demand time fence on day ${demand} lies after the planning time fence on day ${planning}, ` +
        `so forecasts would be dropped where orders are still planned; it is taken as day ${planning}`,
    );
  }
}

function checkLines({ points, lines, factors }: MrpInput, report: Report): void {
  const isFactor = factors.map(
    ({ numerator, denominator }) =>
      isQuantityAboveZero(numerator) && isQuantityAboveZero(denominator),
  );
  for (let line = 0; line < lines.count; line += 1) {
    const parent = lines.parent[line] ?? refusedRow;
    const component = lines.component[line] ?? refusedRow;
    if (!isPoint(parent, points.count) || !isPoint(component, points.count)) {
      correct(lines, "component", line, refusedRow);
      const known = [parent, component].filter((point) => isPoint(point, points.count));
      report("structure.unknown_point", known, `line ${line} names an unknown point; left out`);
      continue;
    }
    const row = lines.factor[line] ?? -1;
    if (isFactor[row] === true) continue;
    correct(lines, "component", line, refusedRow);
    report(
      "line.bad_factor",
      [parent, component],
      `line ${line} takes ${factors[row]?.numerator}/${factors[row]?.denominator} per unit; left out`,
    );
  }
}

function checkTransfers({ points, lines }: MrpInput, report: Report): void {
  const transfer = supplyKinds.indexOf("transfer");
  const senders = new Map<number, number>();
  for (const point of pointsWhere(points.kind, transfer)) senders.set(point, 0);
  if (senders.size === 0) return;
  for (let line = 0; line < lines.count; line += 1) {
    if (lines.component[line] === refusedRow) continue;
    const count = senders.get(lines.parent[line] ?? refusedRow);
    if (count !== undefined) senders.set(lines.parent[line] ?? 0, count + 1);
  }
  for (const [point, count] of senders) {
    if (count === 1) continue;
    report(
      "transfer.sender",
      [point],
      `a transfer point has one sender, not ${count}; its orders are planned ` +
        (count === 0 ? "without one" : "from each of them"),
    );
  }
}

function checkByProducts({ points, byProducts, factors }: MrpInput, report: Report): void {
  for (let row = 0; row < byProducts.count; row += 1) {
    const parent = byProducts.parent[row] ?? refusedRow;
    const product = byProducts.product[row] ?? refusedRow;
    const factor = factors[byProducts.factor[row] ?? 0];
    const isFactor =
      factor !== undefined &&
      isQuantityAboveZero(factor.numerator) &&
      isQuantityAboveZero(factor.denominator);
    const ends = [parent, product].filter((point) => isPoint(point, points.count));
    if (ends.length === 2 && parent !== product && isFactor) continue;
    correct(byProducts, "product", row, refusedRow);
    report("by_product.not_plannable", ends, `by-product in row ${row} is not plannable; left out`);
  }
}

function checkAlternates(input: MrpInput, report: Report): void {
  const { points, lines, demands, alternates, factors } = input;
  for (let row = 0; row < alternates.count; row += 1) {
    const point = alternates.point[row] ?? refusedRow;
    const line = alternates.line[row] ?? refusedRow;
    const demand = alternates.demand[row] ?? refusedRow;
    const main = lines.component[line] ?? demands.point[demand] ?? refusedRow;
    const factor = factors[alternates.factor[row] ?? -1];
    const isFactor =
      factor !== undefined &&
      isQuantityAboveZero(factor.numerator) &&
      isQuantityAboveZero(factor.denominator);
    const ends = [main, point].filter((end) => isPoint(end, points.count));
    if (ends.length === 2 && main !== point && isFactor) continue;
    correct(alternates, "point", row, refusedRow);
    report("alternate.not_plannable", ends, `alternate in row ${row} is not plannable; left out`);
  }
}

function checkRows({ points, demands, onHand, receipts }: MrpInput, report: Report): void {
  const refuse = (code: FindingCode, table: { point: Int32Array }, row: number, what: string) => {
    const point = table.point[row] ?? refusedRow;
    correct(table, "point", row, refusedRow);
    const culprits = isPoint(point, points.count) ? [point] : [];
    report(code, culprits, `${what} in row ${row} is not plannable; left out`);
  };
  for (let row = 0; row < demands.count; row += 1) {
    const fits = isPlannable(demands.day[row] ?? 0, demands.quantity[row] ?? 0);
    if (fits && isPoint(demands.point[row] ?? refusedRow, points.count)) continue;
    refuse("demand.not_plannable", demands, row, `demand of ${demands.quantity[row]}`);
  }
  for (let row = 0; row < receipts.count; row += 1) {
    const fits = isPlannable(receipts.day[row] ?? 0, receipts.quantity[row] ?? 0);
    if (fits && isPoint(receipts.point[row] ?? refusedRow, points.count)) continue;
    refuse("receipt.not_plannable", receipts, row, `receipt of ${receipts.quantity[row]}`);
  }
  for (let row = 0; row < onHand.count; row += 1) {
    const quantity = onHand.quantity[row] ?? 0;
    const expires = onHand.lastDay[row] !== neverExpires;
    const fits = Number.isSafeInteger(quantity) && (quantity >= 0 || !expires);
    if (fits && isPoint(onHand.point[row] ?? refusedRow, points.count)) continue;
    refuse("on_hand.not_plannable", onHand, row, `stock of ${quantity}`);
  }
}

function lotForLotRow(lotRules: LotRule[]): number {
  const row = lotRules.findIndex(({ rule }) => rule === "lot_for_lot");
  return row === -1 ? lotRules.push({ rule: "lot_for_lot" }) - 1 : row;
}

function isPoint(point: number, points: number): boolean {
  return point >= 0 && point < points;
}

function isQuantityAboveZero(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function pointsWhere(column: Int32Array | Uint8Array, value: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < column.length; row += 1) if (column[row] === value) rows.push(row);
  return rows;
}

/** Puts a value into a column, which is copied with its first correction. */
function correct<Name extends string>(
  table: { readonly [name in Name]: Column },
  name: Name,
  row: number,
  value: number,
): void {
  const own = corrected.get(table) ?? new Set();
  corrected.set(table, own);
  if (!own.has(name)) Object.assign(table, { [name]: copyColumn(table[name]) });
  own.add(name);
  table[name][row] = value;
}

/** Columns of a table that are copies already. */
const corrected = new WeakMap<object, Set<string>>();
