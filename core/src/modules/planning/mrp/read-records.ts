import { type ItemPolicyInput, lotRuleSchema, type MrpRunInput } from "@millwright/contracts/api";
import { standardUoms, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { dayNumber } from "../days.ts";
import type { DemandRecord, LotRuleRecord, PointRecord } from "../engine/mrp/compose-input.ts";
import { supplyKinds } from "../engine/mrp/input.ts";
import { itemSites } from "../store/item-sites.ts";
import { defaultItemPolicy } from "./default-policy.ts";
import type { MrpTask } from "./mrp-thread.ts";
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

/** Which plan, from which day on, by the clock of which zone. */
export type PlanFrame = { startDay: string; timeZone: string };

type ItemRow = {
  item_id: string;
  number: string;
  kind: "make" | "buy" | "phantom";
  uom: string;
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
 * they still have to make.
 */
export async function readMrpTask(
  tx: Transaction,
  frame: PlanFrame,
  asked: MrpRunInput,
): Promise<MrpTask> {
  const { startDay } = frame;
  const items = await readPlannedItems(tx, asked);
  const policies = new Map(items.map(({ itemId, policy }) => [itemId, policy]));
  const itemsById = new Map(items.map((item) => [item.itemId, item]));
  const places = placePoints(items);
  const decimals = Math.max(0, ...items.map(({ uomDecimals }) => uomDecimals));
  const lines = await readLines(tx, startDay);
  const byProducts = await readByProducts(tx, startDay);
  const openOrders = await readOpenOrders(tx, frame);
  const transfers = await readTransfers(tx, frame, places);
  const beside = byProductsOf(openOrders, byProducts, decimals);
  const receipts = [...openOrders, ...transfers.receipts, ...beside];
  const open = needsOfOpenOrders({ receipts: openOrders, lines, policies, startDay, decimals });
  const needs = [...(await readDemands(tx)), ...extraDemands(asked), ...open, ...transfers.needs];
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
      onHand: (await readOnHand(tx, frame)).map(({ itemId, siteId, ...lot }) => ({
        point: places.idAt(itemId, siteId),
        ...lot,
      })),
      receipts: receipts.map(({ itemId, siteId, quantity, day }) => ({
        point: places.idAt(itemId, siteId),
        quantity,
        day: dayNumber(day, startDay),
      })),
      calendars: await readCalendars(tx, frame),
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

/** All items with the policies that this run plans with. */
async function readPlannedItems(tx: Transaction, asked: MrpRunInput): Promise<Item[]> {
  const { rows } = await readItems(tx);
  const decimalsByUom = await readDecimals(tx);
  const otherPolicies = new Map(asked.policies.map((policy) => [policy.itemId, policy]));
  return rows.map((row) => ({
    itemId: row.item_id,
    number: row.number,
    kind: row.kind,
    uomDecimals: decimalsByUom.get(row.uom) ?? 0,
    calendar: row.calendar_id,
    policy: otherPolicies.get(row.item_id) ?? policyOf(row),
  }));
}

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

function readItems(tx: Transaction) {
  return sql<ItemRow>`
    select i.item_id, i.number, i.kind, i.uom, c.calendar_id, p.lead_days, p.safety_lead_days,
           p.safety_stock::text, p.yield_percent::text, p.lot_rule, p.planning_fence_days,
           p.demand_fence_days, ${itemSites(sql`i.item_id`)} as sites
      from engineering.v_item i
      left join planning.item_policy p using (item_id)
      left join lateral
        (select w.calendar_id
           from engineering.v_routing_operation o
           join engineering.v_work_center_calendar w using (work_center_id)
          where o.item_id = i.item_id
          order by o.step
          limit 1) c on true
     order by i.number`.execute(tx.over());
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

async function readDecimals(tx: Transaction): Promise<Map<string, number>> {
  const { rows } = await sql<{ uom: string; decimals: number }>`
    select uom, decimals from engineering.v_uom`.execute(tx.over());
  const standard = standardUoms.map(({ uom, decimals }) => [uom, decimals] as const);
  return new Map<string, number>([
    ...standard,
    ...rows.map(({ uom, decimals }) => [uom, decimals] as const),
  ]);
}

async function readLines(tx: Transaction, day: string): Promise<Line[]> {
  const { rows } = await sql<Line>`
    select l.product_id, l.component_id, l.per_over::text, l.per_under::text,
           coalesce(a.alternates, '[]') as alternates
      from engineering.v_bom_line l
      left join
        (select bom_id, position,
                jsonb_agg(jsonb_build_object('item_id', item_id, 'per_over', per_over::text,
                                             'per_under', per_under::text) order by priority) as alternates
           from engineering.v_bom_alternate
          group by 1, 2) a using (bom_id, position)
     where l.valid_from <= ${day}::date
       and (l.valid_to is null or l.valid_to > ${day}::date)
     order by l.product_id, l.position`.execute(tx.over());
  return rows;
}

async function readByProducts(tx: Transaction, day: string): Promise<ByProduct[]> {
  const { rows } = await sql<ByProduct>`
    select product_id, by_product_id, per_over::text, per_under::text
      from engineering.v_bom_by_product
     where valid_from <= ${day}::date
       and (valid_to is null or valid_to > ${day}::date)
     order by product_id, by_product_id`.execute(tx.over());
  return rows;
}

async function readOnHand(tx: Transaction, { startDay, timeZone }: PlanFrame) {
  const { rows } = await sql<{
    item_id: string;
    site_id: string;
    quantity: string;
    last_day: string | null;
  }>`
    select a.item_id, p.site_id, sum(a.available)::text as quantity,
           (a.expires_time at time zone ${timeZone})::date::text as last_day
      from inventory.v_available a
      join inventory.v_place_site p using (tenant_id, location_id)
     group by 1, 2, 4
     order by 1, 2, 4`.execute(tx.over());
  return rows.map(({ item_id, site_id, quantity, last_day }) => ({
    itemId: item_id,
    siteId: site_id,
    quantity,
    ...(last_day !== null && { lastDay: dayNumber(last_day, startDay) }),
  }));
}

async function readDemands(tx: Transaction): Promise<Need[]> {
  const { rows } = await sql<{
    demand_id: string;
    kind: string;
    item_id: string;
    site_id: string | null;
    quantity: string;
    due_day: string;
    reference: string;
  }>`
    select demand_id, kind, item_id, site_id, quantity::text, due_day::text, reference
      from planning.demand
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

/** Working days of every calendar that a work center works by. Outside of these days every day works. */
async function readCalendars(tx: Transaction, { startDay, timeZone }: PlanFrame) {
  const { rows } = await sql<{ calendar_id: string; day: string }>`
    select c.calendar_id, (t.starts at time zone ${timeZone})::date::text as day
      from (select distinct calendar_id from engineering.v_work_center_calendar) c
      cross join lateral engineering.working_time(
        c.calendar_id, ${startDay}::date - ${calendarDaysBack}::integer,
        ${startDay}::date + ${calendarDaysAhead}::integer) t
     group by 1, 2`.execute(tx.over());
  return [...Map.groupBy(rows, ({ calendar_id }) => calendar_id)].map(([name, days]) => {
    const working = new Uint8Array(calendarDaysBack + calendarDaysAhead + 1);
    for (const { day } of days) {
      const offset = dayNumber(day, startDay) + calendarDaysBack;
      if (offset >= 0 && offset < working.length) working[offset] = 1;
    }
    return { name, firstDay: -calendarDaysBack, working };
  });
}

// Lead times reach back before today; demands seldom lie beyond two years.
const calendarDaysBack = 200;
const calendarDaysAhead = 800;
