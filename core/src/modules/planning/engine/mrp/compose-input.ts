import { assertNever } from "@millwright/contracts/units";

import type { WorkingCalendar } from "./calendar.ts";
import type { Finding, FindingCode } from "./finding.ts";
import {
  allocateInput,
  everyDay,
  type Factor,
  leadDaysMax,
  type MrpInput,
  neverExpires,
  noFence,
  type SupplyKind,
  supplyKinds,
} from "./input.ts";
import { economicOrderQuantity, economicPartPeriod, type LotRule } from "./lot-sizing.ts";
import { decimalsMax, exchangeFactor, lineFactor, scaledFromDecimal } from "./quantity.ts";

/** An MRP input as records: ids instead of rows, decimal strings instead of scaled numbers. */
export type MrpRecords = {
  /** Decimals that all quantities are kept with, 0 to `decimalsMax`. */
  readonly decimals: number;
  readonly points: readonly PointRecord[];
  readonly lines?: readonly LineRecord[];
  readonly byProducts?: readonly ByProductRecord[];
  readonly demands?: readonly DemandRecord[];
  readonly onHand?: readonly OnHandRecord[];
  readonly receipts?: readonly ReceiptRecord[];
  readonly calendars?: readonly WorkingCalendar[];
};

export type PointRecord = {
  readonly id: string;
  readonly kind: SupplyKind;
  readonly leadDays?: number;
  readonly safetyLeadDays?: number;
  readonly safetyStock?: string;
  /** Decimals of the item's UoM; planned quantities have no more. Default: those of the plan. */
  readonly uomDecimals?: number;
  /** Good output per started quantity, above 0 to 100. Default "100". */
  readonly yieldPercent?: string;
  /** Name of one of the calendars. */
  readonly calendar?: string;
  readonly lotRule?: LotRuleRecord;
  readonly planningFence?: number;
  readonly demandFence?: number;
};

export type LotRuleRecord =
  | { readonly rule: "lot_for_lot" }
  | { readonly rule: "fixed"; readonly quantity: string }
  | {
      readonly rule: "min_max_multiple";
      readonly minimum?: string;
      readonly maximum?: string;
      readonly multiple?: string;
    }
  | { readonly rule: "period_order_quantity"; readonly days: number }
  | {
      readonly rule: "economic_order_quantity";
      readonly annualDemand: string;
      readonly orderCost: number;
      /** Money per unit and year. */
      readonly holdingCost: number;
    }
  | {
      readonly rule: "wagner_whitin";
      readonly orderCost: number;
      /** Money per unit and day. */
      readonly holdingCost: number;
    };

export type LineRecord = {
  readonly parent: string;
  readonly component: string;
  readonly quantityPer: string;
  /** What `quantityPer` is divided by, for quantities that no decimal holds (a third). Default "1". */
  readonly quantityUnder?: string;
  readonly scrapPercent?: string;
  /** Best first. */
  readonly alternates?: readonly AlternateRecord[];
};

/** What may be taken instead of a line, per unit of the parent as the line is, or instead of one unit. */
export type AlternateRecord = {
  readonly point: string;
  readonly quantityPer: string;
  /** Default "1". */
  readonly quantityUnder?: string;
};

export type ByProductRecord = {
  readonly parent: string;
  readonly product: string;
  readonly quantityPer: string;
  /** What `quantityPer` is divided by. Default "1". */
  readonly quantityUnder?: string;
};

export type DemandRecord = {
  readonly point: string;
  readonly day: number;
  readonly quantity: string;
  readonly isForecast?: boolean;
  /** What may be taken instead, best first: so much for `alternatesFor` of what is asked for. */
  readonly alternates?: readonly AlternateRecord[];
  /** Default: one unit. */
  readonly alternatesFor?: { readonly quantityPer: string; readonly quantityUnder: string };
};

export type OnHandRecord = {
  readonly point: string;
  readonly quantity: string;
  readonly lastDay?: number;
};

export type ReceiptRecord = {
  readonly point: string;
  readonly day: number;
  readonly quantity: string;
};

/**
 * Records to columns, row by row in the same order. A record that cannot be kept exactly (too many
 * decimals, not a number, beyond 2^53, a day that is not whole or beyond 32 bits), or a point whose id is
 * there already, gets a row that takes no part, and a finding; unknown ids get a row that `runMrp` refuses
 * with its own finding.
 * @throws RangeError when `decimals` is not a whole number from 0 to `decimalsMax`
 */
export function composeInput(records: MrpRecords): { input: MrpInput; findings: Finding[] } {
  const {
    decimals,
    points,
    lines = [],
    byProducts = [],
    demands = [],
    onHand = [],
    receipts = [],
  } = records;
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > decimalsMax) {
    throw new RangeError(`a plan keeps 0 to ${decimalsMax} decimals, not ${decimals}`);
  }
  const calendars = records.calendars ?? [];
  const lotRules: LotRule[] = [{ rule: "lot_for_lot" }];
  const factors: Factor[] = [];
  const factorRows = new Map<string, number>();
  const alternates = [
    ...lines.flatMap((line, row) =>
      (line.alternates ?? []).map((alternate) => ({
        alternate,
        component: line,
        row,
        of: "line" as const,
      })),
    ),
    ...demands.flatMap((demand, row) =>
      (demand.alternates ?? []).map((alternate) => ({
        alternate,
        component: demand.alternatesFor ?? unit,
        row,
        of: "demand" as const,
      })),
    ),
  ];
  const input = allocateInput({
    decimals,
    points: points.length,
    lines: lines.length,
    byProducts: byProducts.length,
    alternates: alternates.length,
    demands: demands.length,
    onHand: onHand.length,
    receipts: receipts.length,
    calendars,
    lotRules,
    factors,
  });
  const findings: Finding[] = [];
  const rowOf = new Map<string, number>();
  for (const [row, { id }] of points.entries()) {
    const first = rowOf.get(id);
    if (first === undefined) {
      rowOf.set(id, row);
      continue;
    }
    findings.push({
      code: "structure.repeated_point",
      points: [first, row],
      message: `point "${id}" in row ${first} is there again in row ${row}, which is left out`,
    });
  }
  const unknown = -1;
  const exact = (text: string, point: number, what: string): number => {
    const scaled = scaledFromDecimal(text, decimals);
    if (scaled !== null) return scaled;
    findings.push({
      code: "quantity.not_exact",
      points: point === unknown ? [] : [point],
      message: `${what} "${text}" is not a decimal with at most ${decimals} decimals below 2^53; left out`,
    });
    return 0;
  };

  const lead = (days: number, point: number): number => {
    if (isDay(days)) return days;
    const used = days > 0 ? Math.min(Math.ceil(days), leadDaysMax) : 0;
    findings.push({
      code: "lead_time.out_of_range",
      points: [point],
      message: `lead time of ${days} days is not a whole number in 0 to ${leadDaysMax}; planned with ${used}`,
    });
    return used;
  };
  const fence = (day: number | undefined, point: number, what: string): number => {
    if (day === undefined || isDay(day)) return day ?? noFence;
    findings.push({
      code: "fence.contradiction",
      points: [point],
      message: `the ${what} time fence on day ${day} is on no day of the plan; planned without it`,
    });
    return noFence;
  };
  const onDay = (day: number, code: FindingCode, point: number, row: string): boolean => {
    if (isDay(day)) return true;
    findings.push({
      code,
      points: point === unknown ? [] : [point],
      message: `${row} is on day ${day}, which is no day of the plan; left out`,
    });
    return false;
  };

  // A factor that cannot be read becomes one that `runMrp` refuses, naming both points.
  const factorRow = (factor: Factor | null): number => {
    const { numerator, denominator } = factor ?? { numerator: 0, denominator: 1 };
    const key = `${numerator}/${denominator}`;
    const shared = factorRows.get(key) ?? factors.push({ numerator, denominator }) - 1;
    factorRows.set(key, shared);
    return shared;
  };

  for (const [row, point] of points.entries()) {
    // Nothing refers to the row of one that is there again, so it is planned as a point without needs.
    if (rowOf.get(point.id) !== row) continue;
    const columns = input.points;
    columns.kind[row] = supplyKinds.indexOf(point.kind);
    columns.leadDays[row] = lead(point.leadDays ?? 0, row);
    columns.safetyLeadDays[row] = lead(point.safetyLeadDays ?? 0, row);
    columns.safetyStock[row] = exact(point.safetyStock ?? "0", row, "safety stock");
    columns.step[row] = 10 ** Math.max(0, decimals - (point.uomDecimals ?? decimals));
    columns.planningFence[row] = fence(point.planningFence, row, "planning");
    columns.demandFence[row] = fence(point.demandFence, row, "demand");
    if (point.calendar !== undefined) {
      const calendar = calendars.findIndex(({ name }) => name === point.calendar);
      // An unknown name becomes a row that does not exist: `runMrp` names the point.
      columns.calendar[row] = calendar === everyDay ? calendars.length : calendar;
    }
    if (point.lotRule !== undefined && point.lotRule.rule !== "lot_for_lot") {
      columns.lotRule[row] =
        lotRules.push(
          composeLotRule(point.lotRule, decimals, (text) => exact(text, row, "lot size")),
        ) - 1;
    }
  }
  for (const [row, line] of lines.entries()) {
    const parent = rowOf.get(line.parent) ?? unknown;
    input.lines.parent[row] = parent;
    input.lines.component[row] = rowOf.get(line.component) ?? unknown;
    const factor = lineFactor({
      quantityPer: line.quantityPer,
      quantityUnder: line.quantityUnder ?? "1",
      scrapPercent: line.scrapPercent ?? "0",
      yieldPercent: points[parent]?.yieldPercent ?? "100",
    });
    input.lines.factor[row] = factorRow(factor);
  }
  for (const [row, byProduct] of byProducts.entries()) {
    input.byProducts.parent[row] = rowOf.get(byProduct.parent) ?? unknown;
    input.byProducts.product[row] = rowOf.get(byProduct.product) ?? unknown;
    const { quantityPer, quantityUnder = "1" } = byProduct;
    const whole = { scrapPercent: "0", yieldPercent: "100" };
    input.byProducts.factor[row] = factorRow(lineFactor({ quantityPer, quantityUnder, ...whole }));
  }
  for (const [at, { alternate, component, row, of }] of alternates.entries()) {
    input.alternates[of][at] = row;
    input.alternates.point[at] = rowOf.get(alternate.point) ?? unknown;
    input.alternates.factor[at] = factorRow(exchangeFactor(component, alternate));
  }
  for (const [row, demand] of demands.entries()) {
    const point = rowOf.get(demand.point) ?? unknown;
    input.demands.point[row] = point;
    input.demands.isForecast[row] = demand.isForecast === true ? 1 : 0;
    if (!onDay(demand.day, "demand.not_plannable", point, `demand in row ${row}`)) continue;
    input.demands.day[row] = demand.day;
    input.demands.quantity[row] = exact(demand.quantity, point, "demand");
  }
  for (const [row, stock] of onHand.entries()) {
    const point = rowOf.get(stock.point) ?? unknown;
    const { lastDay = neverExpires } = stock;
    input.onHand.point[row] = point;
    if (
      lastDay !== neverExpires &&
      !onDay(lastDay, "on_hand.not_plannable", point, `the last day of stock in row ${row}`)
    ) {
      continue;
    }
    input.onHand.quantity[row] = exact(stock.quantity, point, "stock");
    input.onHand.lastDay[row] = lastDay;
  }
  for (const [row, receipt] of receipts.entries()) {
    const point = rowOf.get(receipt.point) ?? unknown;
    input.receipts.point[row] = point;
    if (!onDay(receipt.day, "receipt.not_plannable", point, `receipt in row ${row}`)) continue;
    input.receipts.day[row] = receipt.day;
    input.receipts.quantity[row] = exact(receipt.quantity, point, "receipt");
  }
  return { input, findings };
}

/** Columns of days hold 32 bits: another number would be another day there, and nobody would notice. */
function isDay(day: number): boolean {
  return Number.isInteger(day) && Math.abs(day) < neverExpires;
}

/** What a demand asks one of. */
const unit = { quantityPer: "1" };

function composeLotRule(
  record: LotRuleRecord,
  decimals: number,
  exact: (text: string) => number,
): LotRule {
  switch (record.rule) {
    case "lot_for_lot":
    case "period_order_quantity":
      return record;
    case "fixed":
      return { rule: record.rule, quantity: exact(record.quantity) };
    case "min_max_multiple":
      return {
        rule: record.rule,
        minimum: exact(record.minimum ?? "0"),
        maximum: exact(record.maximum ?? "0"),
        multiple: exact(record.multiple ?? "0"),
      };
    case "economic_order_quantity": {
      const holdingCost = record.holdingCost / 10 ** decimals;
      const annualDemand = exact(record.annualDemand);
      const { orderCost } = record;
      return {
        rule: record.rule,
        quantity: economicOrderQuantity({ annualDemand, orderCost, holdingCost }),
      };
    }
    case "wagner_whitin": {
      const holdingCost = record.holdingCost / 10 ** decimals;
      const { orderCost } = record;
      return { rule: record.rule, partPeriods: economicPartPeriod({ orderCost, holdingCost }) };
    }
    default:
      return assertNever(record);
  }
}
