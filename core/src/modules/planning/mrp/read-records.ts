import { type ItemPolicyInput, lotRuleSchema, type MrpRunInput } from "@millwright/contracts/api";
import { standardUoms, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { dayNumber } from "../days.ts";
import {
  indexCalendar,
  type IndexedCalendar,
  type WorkingCalendar,
} from "../engine/mrp/calendar.ts";
import type { DemandRecord, LotRuleRecord, PointRecord } from "../engine/mrp/compose-input.ts";
import { supplyKinds } from "../engine/mrp/input.ts";
import { defaultItemPolicy } from "./default-policy.ts";
import { type Among, inputRows, type PlanFrame } from "./input-rows.ts";
import type { MrpTask } from "./plan-rows.ts";
import {
  byProductsOf,
  type Need,
  needsOfOpenOrders,
  readOpenOrders,
  readTransfers,
} from "./open-orders.ts";
import {
  alternatesAt,
  type ByProduct,
  byProductsOfPoints,
  type Line,
  linesOfPoints,
  placePoints,
  pointId,
  type StockingPoint,
  type StockingPoints,
} from "./stocking-points.ts";

/** A part of the plan: its items are planned, those around them as well only asked what they take. */
export type Part = {
  planned: readonly string[];
  /** `planned`, and whatever they are used in or come out beside. */
  around: readonly string[];
  /** Of the whole plan. */
  decimals: number;
};

type ItemRow = {
  item_id: string;
  number: string;
  kind: "make" | "buy" | "phantom";
  uom: string;
  /** Of a unit that the company added. */
  decimals: number | null;
  calendar_id: string | null;
  lead_days: number | null;
  safety_lead_days: number;
  safety_stock: string;
  yield_percent: string;
  lot_rule: unknown;
  planning_fence_days: number | null;
  demand_fence_days: number | null;
  sites: ItemPolicyInput["sites"];
};

/**
 * Everything MRP plans with, as it stands now: items and their policies, the structure of the first day,
 * stock that can be taken, open work orders, transfers and purchase proposals, and what asks for items:
 * demands, open transfers at the site that sends, and the open work orders for the components of what
 * they still have to make. Of a part: only what planning its items takes.
 */
export async function readMrpTask(
  tx: Transaction,
  frame: PlanFrame,
  asked: MrpRunInput,
  part: Part | null = null,
): Promise<MrpTask> {
  const { startDay } = frame;
  const planned = part?.planned ?? null;
  const around = part?.around ?? null;
  const isPlanned = isIn(planned);
  const items = await readPlannedItems(tx, { frame, asked, among: around });
  const policies = new Map(items.map(({ itemId, policy }) => [itemId, policy]));
  const itemsById = new Map(items.map((item) => [item.itemId, item]));
  const places = placePoints(items);
  const decimals = part?.decimals ?? mostDecimals(items);
  const lines = await readLines(tx, frame, planned);
  const byProducts = await readByProducts(tx, frame, planned);
  const openOrders = await readOpenOrders(tx, frame, around);
  const transfers = await readTransfers(tx, { frame, places, among: planned });
  const beside = byProductsOf(openOrders, byProducts, decimals);
  const receipts = [...openOrders.filter(isPlanned), ...transfers.receipts, ...beside];
  const calendars = await readCalendars(tx, frame, items);
  const open = needsOfOpenOrders({
    receipts: openOrders,
    lines,
    policies,
    calendars: calendarsByItem(items, calendars),
    startDay,
    decimals,
  });
  const extra = extraDemands(asked).filter(isPlanned);
  const needs = [...(await readDemands(tx, frame, planned)), ...extra, ...open, ...transfers.needs];
  const siteCodes = await readSiteCodes(tx);
  return {
    startDay,
    points: places.points.map((point) => ({
      ...point,
      name: pointName(point, itemsById.get(point.itemId)?.number ?? "", siteCodes),
    })),
    records: {
      decimals,
      points: places.points.flatMap((point) => {
        const item = itemsById.get(point.itemId);
        return item === undefined ? [] : [pointRecord(point, item)];
      }),
      lines: linesOfPoints(places, lines),
      byProducts: byProductsOfPoints(places, byProducts),
      demands: needs.map((need) => demandRecord(need, places, startDay)),
      onHand: (await readOnHand(tx, frame, planned)).map(({ itemId, siteId, ...lot }) => ({
        point: places.idAt(itemId, siteId),
        ...lot,
      })),
      receipts: receipts.map(({ itemId, siteId, quantity, day }) => ({
        point: places.idAt(itemId, siteId),
        quantity,
        day: dayNumber(day, startDay),
      })),
      calendars,
    },
    needReferences: needs.map(({ reference }) => reference),
    receiptReferences: receipts.map(({ reference }) => reference),
  };
}

type Item = {
  itemId: string;
  number: string;
  kind: ItemRow["kind"];
  uomDecimals: number;
  calendar: string | null;
  policy: ItemPolicyInput;
};

/** Numbers are kept with as many decimals as the finest unit has. */
function mostDecimals(items: readonly Item[]): number {
  return items.reduce((most, { uomDecimals }) => Math.max(most, uomDecimals), 0);
}

function isIn(planned: readonly string[] | null): (row: { itemId: string }) => boolean {
  if (planned === null) return () => true;
  const ids = new Set(planned);
  return ({ itemId }) => ids.has(itemId);
}

/** Items by number, with the policies that this run plans with. */
async function readPlannedItems(
  tx: Transaction,
  given: { frame: PlanFrame; asked: MrpRunInput; among: Among },
): Promise<Item[]> {
  const { rows } = await sql<ItemRow>`
    select * from (${inputRows.items(given.frame, given.among)}) item order by number`.execute(
    tx.over(),
  );
  const otherPolicies = new Map(given.asked.policies.map((policy) => [policy.itemId, policy]));
  return rows.map((row) => ({
    itemId: row.item_id,
    number: row.number,
    kind: row.kind,
    uomDecimals: row.decimals ?? standardDecimals.get(row.uom) ?? 0,
    calendar: row.calendar_id,
    policy: otherPolicies.get(row.item_id) ?? policyOf(row),
  }));
}

const standardDecimals = new Map<string, number>(
  standardUoms.map(({ uom, decimals }) => [uom, decimals] as const),
);

/** What the engine plans a point with: the item's policy, and the site's where it says otherwise. */
function pointRecord(point: StockingPoint, item: Item): PointRecord {
  const { policy, calendar } = item;
  const { leadDays, safetyStock, lotRule } =
    policy.sites.find(({ siteId }) => siteId === point.siteId) ?? policy;
  const isTransfer = point.kind === "transfer";
  return {
    id: pointId(point),
    kind: supplyKinds.find((kind) => kind === point.kind) ?? "buy",
    leadDays,
    safetyLeadDays: policy.safetyLeadDays,
    safetyStock,
    uomDecimals: item.uomDecimals,
    yieldPercent: isTransfer ? "100" : policy.yieldPercent,
    // A truck drives on any day.
    ...(calendar !== null && !isTransfer && { calendar }),
    lotRule: lotRuleRecord(lotRule),
    ...(policy.planningFenceDays !== null && { planningFence: policy.planningFenceDays }),
    ...(policy.demandFenceDays !== null && { demandFence: policy.demandFenceDays }),
  };
}

function demandRecord(
  { itemId, siteId, quantity, day, isForecast, line }: Need,
  places: StockingPoints,
  startDay: string,
): DemandRecord {
  return {
    point: places.idAt(itemId, siteId),
    day: dayNumber(day, startDay),
    quantity,
    isForecast,
    ...(line !== undefined && {
      alternates: alternatesAt(places, line, siteId),
      alternatesFor: { quantityPer: line.per_over, quantityUnder: line.per_under },
    }),
  };
}

function pointName(
  { siteId }: StockingPoint,
  number: string,
  siteCodes: ReadonlyMap<string, string>,
): string {
  return siteId === null ? number : `${number} @ ${siteCodes.get(siteId) ?? siteId}`;
}

async function readSiteCodes(tx: Transaction): Promise<Map<string, string>> {
  const { rows } = await sql<{ site_id: string; code: string }>`
    select site_id, code from inventory.v_site`.execute(tx.over());
  return new Map(rows.map(({ site_id, code }) => [site_id, code]));
}

function extraDemands({ extraDemands: extra }: MrpRunInput): Need[] {
  return extra.map(({ itemId, siteId, quantity, dueDay }) => ({
    itemId,
    siteId,
    quantity: String(quantity),
    day: dueDay,
    isForecast: false,
    reference: { kind: "demand", id: null, label: "what-if" },
  }));
}

function policyOf(row: ItemRow): ItemPolicyInput {
  if (row.lead_days === null) return defaultItemPolicy(row.kind);
  return {
    leadDays: row.lead_days,
    safetyLeadDays: row.safety_lead_days,
    safetyStock: toQuantity(row.safety_stock),
    yieldPercent: row.yield_percent,
    lotRule: lotRuleSchema.parse(row.lot_rule),
    planningFenceDays: row.planning_fence_days,
    demandFenceDays: row.demand_fence_days,
    sites: row.sites,
  };
}

/** The engine's record has no explicit `undefined`. */
function lotRuleRecord(rule: ItemPolicyInput["lotRule"]): LotRuleRecord {
  if (rule.rule !== "min_max_multiple") return rule;
  const { minimum, maximum, multiple } = rule;
  return {
    rule: rule.rule,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(multiple !== undefined && { multiple }),
  };
}

async function readLines(tx: Transaction, frame: PlanFrame, among: Among): Promise<Line[]> {
  const { rows } = await sql<Line>`
    select * from (${inputRows.lines(frame, among)}) line order by product_id, position`.execute(
    tx.over(),
  );
  return rows;
}

async function readByProducts(
  tx: Transaction,
  frame: PlanFrame,
  among: Among,
): Promise<ByProduct[]> {
  const { rows } = await sql<ByProduct>`
    select * from (${inputRows.byProducts(frame, among)}) beside
     order by product_id, by_product_id`.execute(tx.over());
  return rows;
}

async function readOnHand(tx: Transaction, frame: PlanFrame, among: Among) {
  const { rows } = await sql<{
    item_id: string;
    site_id: string;
    quantity: string;
    last_day: string | null;
  }>`
    select * from (${inputRows.onHand(frame, among)}) stock
     order by item_id, site_id, last_day`.execute(tx.over());
  return rows.map(({ item_id, site_id, quantity, last_day }) => ({
    itemId: item_id,
    siteId: site_id,
    quantity,
    ...(last_day !== null && { lastDay: dayNumber(last_day, frame.startDay) }),
  }));
}

async function readDemands(tx: Transaction, frame: PlanFrame, among: Among): Promise<Need[]> {
  const { rows } = await sql<{
    demand_id: string;
    kind: string;
    item_id: string;
    site_id: string | null;
    quantity: string;
    due_day: string;
    reference: string;
  }>`
    select * from (${inputRows.demands(frame, among)}) demand
     order by due_day, demand_id`.execute(tx.over());
  return rows.map((row) => ({
    itemId: row.item_id,
    siteId: row.site_id,
    quantity: row.quantity,
    day: row.due_day,
    isForecast: row.kind === "forecast",
    reference: { kind: "demand", id: row.demand_id, label: row.reference },
  }));
}

/** Working days of the calendars that items are made by. Outside of these days every day works. */
async function readCalendars(
  tx: Transaction,
  { startDay, timeZone }: PlanFrame,
  items: readonly Item[],
): Promise<WorkingCalendar[]> {
  const used = new Set(items.flatMap(({ calendar }) => calendar ?? []));
  if (used.size === 0) return [];
  const { rows } = await sql<{ calendar_id: string; day: string }>`
    select c.calendar_id, (t.starts at time zone ${timeZone})::date::text as day
      from unnest(${[...used]}::uuid[]) c (calendar_id)
      cross join lateral engineering.working_time(
        c.calendar_id, ${startDay}::date - ${calendarDaysBack}::integer,
        ${startDay}::date + ${calendarDaysAhead}::integer) t
     group by 1, 2`.execute(tx.over());
  const daysOf = Map.groupBy(rows, ({ calendar_id }) => calendar_id);
  return [...used].map((name) => {
    const working = new Uint8Array(calendarDaysBack + calendarDaysAhead + 1);
    for (const { day } of daysOf.get(name) ?? []) {
      const offset = dayNumber(day, startDay) + calendarDaysBack;
      if (offset >= 0 && offset < working.length) working[offset] = 1;
    }
    return { name, firstDay: -calendarDaysBack, working };
  });
}

/** Without those that have no working day: the engine counts every day of them, and says so. */
function calendarsByItem(
  items: readonly Item[],
  calendars: readonly WorkingCalendar[],
): Map<string, IndexedCalendar> {
  const indexed = new Map(
    calendars
      .filter(({ working }) => working.includes(1))
      .map((calendar) => [calendar.name, indexCalendar(calendar)]),
  );
  return new Map(
    items.flatMap(({ itemId, calendar }) => {
      const own = calendar === null ? undefined : indexed.get(calendar);
      return own === undefined ? [] : [[itemId, own] as const];
    }),
  );
}

// Lead times reach back before today; demands seldom lie beyond two years.
const calendarDaysBack = 200;
const calendarDaysAhead = 800;
