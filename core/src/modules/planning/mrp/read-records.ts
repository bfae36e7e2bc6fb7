import { type ItemPolicyInput, lotRuleSchema, type MrpRunInput } from "@millwright/contracts/api";
import { Decimal, standardUoms, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { dayNumber, dayOf } from "../days.ts";
import type { LotRuleRecord } from "../engine/mrp/compose-input.ts";
import { supplyKinds } from "../engine/mrp/input.ts";
import { defaultItemPolicy } from "./default-policy.ts";
import type { MrpTask } from "./mrp-thread.ts";

/** Which plan, from which day on, by the clock of which zone. */
export type PlanFrame = { startDay: string; timeZone: string };

type ItemRow = {
  item_id: string;
  number: string;
  kind: string;
  uom: string;
  calendar_id: string | null;
  lead_days: number | null;
  safety_lead_days: number;
  safety_stock: string;
  yield_percent: string;
  lot_rule: unknown;
  planning_fence_days: number | null;
  demand_fence_days: number | null;
};

/**
 * Everything MRP plans with, as it stands now: items and their policies, the structure of the first day,
 * stock that can be taken, open work orders and purchase proposals, and what asks for items: demands,
 * and the open work orders for the components of what they still have to make.
 */
export async function readMrpTask(
  tx: Transaction,
  frame: PlanFrame,
  asked: MrpRunInput,
): Promise<MrpTask> {
  const { startDay } = frame;
  const { rows: items } = await readItems(tx);
  const decimalsByUom = await readDecimals(tx);
  const otherPolicies = new Map(asked.policies.map((policy) => [policy.itemId, policy]));
  const policies = new Map(
    items.map((item) => [item.item_id, otherPolicies.get(item.item_id) ?? policyOf(item)]),
  );
  const points = items.map((item) => {
    const policy = policies.get(item.item_id) ?? policyOf(item);
    return {
      id: item.item_id,
      kind: supplyKinds.find((kind) => kind === item.kind) ?? "buy",
      leadDays: policy.leadDays,
      safetyLeadDays: policy.safetyLeadDays,
      safetyStock: policy.safetyStock,
      uomDecimals: decimalsByUom.get(item.uom) ?? 0,
      yieldPercent: policy.yieldPercent,
      ...(item.calendar_id !== null && { calendar: item.calendar_id }),
      lotRule: lotRuleRecord(policy.lotRule),
      ...(policy.planningFenceDays !== null && { planningFence: policy.planningFenceDays }),
      ...(policy.demandFenceDays !== null && { demandFence: policy.demandFenceDays }),
    };
  });
  const decimals = Math.max(0, ...points.map(({ uomDecimals }) => uomDecimals));
  const lines = await readLines(tx, startDay);
  const byProducts = await readByProducts(tx, startDay);
  const openOrders = await readReceipts(tx, frame);
  const receipts = [...openOrders, ...byProductsOf(openOrders, byProducts, decimals)];
  const demands = await readDemands(tx);
  const extra = asked.extraDemands.map(({ itemId, quantity, dueDay }) => ({
    itemId,
    quantity: String(quantity),
    day: dueDay,
    isForecast: false,
    reference: { kind: "demand" as const, id: null, label: "what-if" },
  }));
  const open = needsOfOpenOrders({ receipts: openOrders, lines, policies, startDay, decimals });
  const needs = [...demands, ...extra, ...open];
  const calendars = await readCalendars(tx, frame);
  return {
    startDay,
    itemNumbers: items.map(({ number }) => number),
    records: {
      decimals,
      points,
      lines: lines.map((line) => ({
        parent: line.product_id,
        component: line.component_id,
        quantityPer: line.per_over,
        quantityUnder: line.per_under,
      })),
      byProducts: byProducts.map((each) => ({
        parent: each.product_id,
        product: each.by_product_id,
        quantityPer: each.per_over,
        quantityUnder: each.per_under,
      })),
      demands: needs.map(({ itemId, quantity, day, isForecast }) => ({
        point: itemId,
        day: dayNumber(day, startDay),
        quantity,
        isForecast,
      })),
      onHand: await readOnHand(tx, frame),
      receipts: receipts.map(({ itemId, quantity, day }) => ({
        point: itemId,
        quantity,
        day: dayNumber(day, startDay),
      })),
      calendars,
    },
    needReferences: needs.map(({ reference }) => reference),
    receiptReferences: receipts.map(({ reference }) => reference),
  };
}

function readItems(tx: Transaction) {
  return sql<ItemRow>`
    select i.item_id, i.number, i.kind, i.uom, c.calendar_id, p.lead_days, p.safety_lead_days,
           p.safety_stock::text, p.yield_percent::text, p.lot_rule, p.planning_fence_days,
           p.demand_fence_days
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

type Line = { product_id: string; component_id: string; per_over: string; per_under: string };

async function readLines(tx: Transaction, day: string): Promise<Line[]> {
  const { rows } = await sql<Line>`
    select product_id, component_id, per_over::text, per_under::text
      from engineering.v_bom_line
     where valid_from <= ${day}::date
       and (valid_to is null or valid_to > ${day}::date)
     order by product_id, position`.execute(tx.over());
  return rows;
}

type ByProduct = Omit<Line, "component_id"> & { by_product_id: string };

async function readByProducts(tx: Transaction, day: string): Promise<ByProduct[]> {
  const { rows } = await sql<ByProduct>`
    select product_id, by_product_id, per_over::text, per_under::text
      from engineering.v_bom_by_product
     where valid_from <= ${day}::date
       and (valid_to is null or valid_to > ${day}::date)
     order by product_id, by_product_id`.execute(tx.over());
  return rows;
}

/** What open work orders still bring beside their product, on the day they are due. */
function byProductsOf(
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
      const reference = { ...receipt.reference, isByProduct: true };
      return [{ ...receipt, itemId: each.by_product_id, quantity: quantity.toFixed(), reference }];
    });
  });
}

async function readOnHand(tx: Transaction, { startDay, timeZone }: PlanFrame) {
  const { rows } = await sql<{ item_id: string; quantity: string; last_day: string | null }>`
    select item_id, sum(available)::text as quantity,
           (expires_time at time zone ${timeZone})::date::text as last_day
      from inventory.v_available
     group by 1, 3
     order by 1, 3`.execute(tx.over());
  return rows.map(({ item_id, quantity, last_day }) => ({
    point: item_id,
    quantity,
    ...(last_day !== null && { lastDay: dayNumber(last_day, startDay) }),
  }));
}

type Receipt = {
  itemId: string;
  quantity: string;
  day: string;
  reference: {
    kind: "work_order" | "purchase_proposal";
    id: string;
    label: string;
    /** It comes out beside what the order is for. */
    isByProduct?: boolean;
  };
};

async function readReceipts(tx: Transaction, frame: PlanFrame): Promise<Receipt[]> {
  const { rows } = await sql<{
    kind: "work_order" | "purchase_proposal";
    id: string;
    label: string;
    item_id: string;
    quantity: string;
    day: string;
  }>`
    select 'work_order' as kind, work_order_id as id, number as label, item_id,
           (quantity - good)::text as quantity,
           coalesce((due_date at time zone ${frame.timeZone})::date, ${frame.startDay}::date)::text as day
      from production.v_open_work_order
     where quantity > good
     union all
    select 'purchase_proposal', purchase_proposal_id, '', item_id, quantity::text, due_day::text
      from planning.purchase_proposal
     where state <> 'closed'
     order by day, id`.execute(tx.over());
  return rows.map(({ kind, id, label, item_id, quantity, day }) => ({
    itemId: item_id,
    quantity,
    day,
    reference: { kind, id, label },
  }));
}

type Need = {
  itemId: string;
  quantity: string;
  day: string;
  isForecast: boolean;
  reference: { kind: "demand" | "work_order"; id: string | null; label: string };
};

async function readDemands(tx: Transaction): Promise<Need[]> {
  const { rows } = await sql<{
    demand_id: string;
    kind: string;
    item_id: string;
    quantity: string;
    due_day: string;
    reference: string;
  }>`
    select demand_id, kind, item_id, quantity::text, due_day::text, reference
      from planning.demand
     order by due_day, demand_id`.execute(tx.over());
  return rows.map((row) => ({
    itemId: row.item_id,
    quantity: row.quantity,
    day: row.due_day,
    isForecast: row.kind === "forecast",
    reference: { kind: "demand", id: row.demand_id, label: row.reference },
  }));
}

/**
 * What open work orders still take of their components, by the structure of today. On the day they
 * should start, or today when that has passed.
 */
function needsOfOpenOrders(given: {
  receipts: readonly Receipt[];
  lines: readonly Line[];
  policies: ReadonlyMap<string, ItemPolicyInput>;
  startDay: string;
  decimals: number;
}): Need[] {
  const linesOf = Map.groupBy(given.lines, ({ product_id }) => product_id);
  return given.receipts.flatMap(({ itemId, quantity, day, reference }) => {
    if (reference.kind !== "work_order") return [];
    const policy = given.policies.get(itemId);
    const start = dayNumber(day, given.startDay) - (policy?.leadDays ?? 0);
    const started = new Decimal(quantity).times(100).div(policy?.yieldPercent ?? "100");
    return (linesOf.get(itemId) ?? []).map((line) => ({
      itemId: line.component_id,
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
