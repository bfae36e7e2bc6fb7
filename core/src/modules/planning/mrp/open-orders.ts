import type { ItemPolicyInput } from "@millwright/contracts/api";
import { Decimal } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { dayNumber, dayOf } from "../days.ts";
import { type IndexedCalendar, workingDaysBefore } from "../engine/mrp/calendar.ts";
import { type Among, inputRows, type PlanFrame } from "./input-rows.ts";
import type { ByProduct, Line, StockingPoints } from "./stocking-points.ts";

/** Something that asks for an item at a site, or anywhere. */
export type Need = {
  itemId: string;
  siteId: string | null;
  quantity: string;
  day: string;
  isForecast: boolean;
  reference: { kind: "demand" | "work_order" | "transfer"; id: string | null; label: string };
  /** The BOM line that asks, which may have alternates. */
  line?: Line;
};

/** Something that is on its way to a site, or to wherever it is needed. */
export type Receipt = {
  itemId: string;
  siteId: string | null;
  quantity: string;
  day: string;
  reference: {
    kind: "work_order" | "purchase_proposal" | "transfer";
    id: string;
    label: string;
    /** Nobody moves or cancels it for this: it comes out beside something else, or is on the road. */
    isFixed: boolean;
  };
};

/** Open work orders and purchase proposals by day: what they will still bring. */
export async function readOpenOrders(
  tx: Transaction,
  frame: PlanFrame,
  among: Among,
): Promise<Receipt[]> {
  const { rows } = await sql<{
    kind: "work_order" | "purchase_proposal";
    id: string;
    label: string;
    item_id: string;
    site_id: string | null;
    quantity: string;
    day: string;
  }>`
    select * from (${inputRows.openOrders(frame, among)}) open order by day, id`.execute(tx.over());
  return rows.map(({ kind, id, label, item_id, site_id, quantity, day }) => ({
    itemId: item_id,
    siteId: site_id,
    quantity,
    day,
    reference: { kind, id, label, isFixed: false },
  }));
}

/**
 * Open transfers as both of their ends: what still leaves the sender's bins, and what arrives. One
 * between places that are planned together moves nothing until it is on the road.
 */
export async function readTransfers(
  tx: Transaction,
  given: { frame: PlanFrame; places: StockingPoints; among: Among },
): Promise<{ needs: Need[]; receipts: Receipt[] }> {
  const { idAt } = given.places;
  const { rows } = await sql<{
    transfer_id: string;
    number: string;
    item_id: string;
    from_site_id: string;
    to_site_id: string;
    ship_day: string;
    due_day: string;
    to_ship: string;
    to_arrive: string;
  }>`
    select * from (${inputRows.transfers(given.frame, given.among)}) transfer
     order by due_day, transfer_id, item_id`.execute(tx.over());
  const needs: Need[] = [];
  const receipts: Receipt[] = [];
  for (const row of rows) {
    const { item_id: itemId, transfer_id: id, number: label } = row;
    const waits = Number(row.to_ship) > 0;
    if (waits && idAt(itemId, row.from_site_id) === idAt(itemId, row.to_site_id)) continue;
    if (waits) {
      const reference = { kind: "transfer" as const, id, label };
      const leaves = { quantity: row.to_ship, day: row.ship_day, isForecast: false, reference };
      needs.push({ itemId, siteId: row.from_site_id, ...leaves });
    }
    if (Number(row.to_arrive) === 0) continue;
    const reference = { kind: "transfer" as const, id, label, isFixed: !waits };
    const arrives = { quantity: row.to_arrive, day: row.due_day, reference };
    receipts.push({ itemId, siteId: row.to_site_id, ...arrives });
  }
  return { needs, receipts };
}

/** What open work orders still bring beside their product, on the day they are due. */
export function byProductsOf(
  receipts: readonly Receipt[],
  byProducts: readonly ByProduct[],
  decimals: number,
): Receipt[] {
  const ofProduct = Map.groupBy(byProducts, ({ product_id }) => product_id);
  return receipts.flatMap((receipt) => {
    if (receipt.reference.kind !== "work_order") return [];
    return (ofProduct.get(receipt.itemId) ?? []).flatMap((each) => {
      const quantity = new Decimal(receipt.quantity)
        .times(each.per_over)
        .div(each.per_under)
        .toDecimalPlaces(decimals, Decimal.ROUND_DOWN);
      if (quantity.isZero()) return [];
      const reference = { ...receipt.reference, isFixed: true };
      return [{ ...receipt, itemId: each.by_product_id, quantity: quantity.toFixed(), reference }];
    });
  });
}

/**
 * What open work orders still take of their components, by the structure of today. On the day they
 * should start, or today when that has passed: that of the planned order that became the work order.
 */
export function needsOfOpenOrders(given: {
  receipts: readonly Receipt[];
  lines: readonly Line[];
  policies: ReadonlyMap<string, ItemPolicyInput>;
  /** By item; one without a calendar is made on any day. */
  calendars: ReadonlyMap<string, IndexedCalendar>;
  startDay: string;
  decimals: number;
}): Need[] {
  const linesOf = Map.groupBy(given.lines, ({ product_id }) => product_id);
  return given.receipts.flatMap(({ itemId, siteId, quantity, day, reference }) => {
    if (reference.kind !== "work_order") return [];
    const policy = given.policies.get(itemId);
    const site = policy?.sites.find((each) => each.siteId === siteId);
    const { leadDays = 0 } = site ?? policy ?? {};
    const due = dayNumber(day, given.startDay);
    // The lead time of such a site is that of a truck, which drives on any day.
    const calendar = site?.supply === "transfer" ? undefined : given.calendars.get(itemId);
    const start =
      calendar === undefined ? due - leadDays : workingDaysBefore(calendar, due, leadDays);
    const started = new Decimal(quantity).times(100).div(policy?.yieldPercent ?? "100");
    return (linesOf.get(itemId) ?? []).map((line) => ({
      itemId: line.component_id,
      siteId,
      line,
      quantity: started
        .times(line.per_over)
        .div(line.per_under)
        .toDecimalPlaces(given.decimals, Decimal.ROUND_UP)
        .toFixed(),
      day: dayOf(Math.max(0, start), given.startDay),
      isForecast: false,
      reference: { kind: "work_order" as const, id: reference.id, label: reference.label },
    }));
  });
}
