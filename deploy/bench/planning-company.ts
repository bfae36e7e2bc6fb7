import { randomUUID } from "node:crypto";

import { assertNever } from "@millwright/contracts/units";
import pg from "pg";

import { type MrpInput, supplyKinds } from "../../core/src/modules/planning/engine/mrp/input.ts";
import type { LotRule } from "../../core/src/modules/planning/engine/mrp/lot-sizing.ts";
import { decimalFromScaled } from "../../core/src/modules/planning/engine/mrp/quantity.ts";
import { type FactorySize, generateFactory } from "./mrp-generate.ts";

type Company = { tenantId: string; home: { owner: string } };

/**
 * Stores a generated factory as a company's items, bills of materials, policies, stock and demands, with
 * SQL: the API would take an hour. The engine's days are weeks here, from `firstDay` on.
 */
export async function storeFactory(
  { tenantId, home }: Company,
  size: FactorySize,
  firstDay: string,
): Promise<{ demands: number; lines: number }> {
  const factory = generateFactory(size);
  const ids = Array.from({ length: factory.points.count }, () => randomUUID());
  const owner = new pg.Client({ connectionString: home.owner });
  await owner.connect();
  try {
    await owner.query("select set_config('app.tenant_id', $1, false)", [tenantId]);
    const store = (statement: string, rows: readonly object[]) =>
      owner.query(statement, [tenantId, JSON.stringify(rows)]);
    await store(insertItems, itemsOf(factory, ids));
    const { lines, boms } = structureOf(factory, ids);
    await store(insertBoms, boms);
    await store(insertLines, lines);
    await store(insertDemands, demandsOf(factory, ids, firstDay));
    await owner.query(insertPlaces, [tenantId]);
    await store(insertStock, stockOf(factory, ids));
    await owner.query("analyze");
    return { demands: factory.demands.count, lines: lines.length };
  } finally {
    await owner.end();
  }
}

function itemsOf({ points, lotRules, decimals }: MrpInput, ids: readonly string[]) {
  const exact = (scaled: number) => decimalFromScaled(scaled, decimals);
  return ids.map((id, row) => ({
    id,
    number: `IT-${String(row).padStart(7, "0")}`,
    kind: supplyKinds[points.kind[row] ?? 0],
    lead: points.leadDays[row],
    safety: exact(points.safetyStock[row] ?? 0),
    rule: ruleOf(lotRules[points.lotRule[row] ?? 0] ?? { rule: "lot_for_lot" }, exact),
  }));
}

/** The rules of the generator as contracts have them; those that rest on costs become fixed lots. */
function ruleOf(rule: LotRule, exact: (scaled: number) => string): object {
  switch (rule.rule) {
    case "lot_for_lot":
    case "period_order_quantity":
      return rule;
    case "min_max_multiple": {
      const [minimum, multiple] = [exact(rule.minimum), exact(rule.multiple)];
      return { rule: rule.rule, minimum, multiple };
    }
    case "fixed":
    case "economic_order_quantity":
      return { rule: "fixed", quantity: exact(rule.quantity) };
    case "wagner_whitin":
      return { rule: "fixed", quantity: exact(Math.ceil(rule.partPeriods)) };
    default:
      return assertNever(rule);
  }
}

function structureOf({ lines, factors }: MrpInput, ids: readonly string[]) {
  const bomOf = new Map<string, string>();
  const rows = Array.from({ length: lines.count }, (_, line) => {
    const parent = ids[lines.parent[line] ?? 0] ?? "";
    const bom = bomOf.get(parent) ?? randomUUID();
    bomOf.set(parent, bom);
    const factor = factors[lines.factor[line] ?? 0];
    const [over, under] = [factor?.numerator ?? 1, factor?.denominator ?? 1];
    return { bom, item: ids[lines.component[line] ?? 0], over, under, at: line + 1 };
  });
  const boms = [...bomOf].map(([item, bom]) => ({ bom, item }));
  return { boms, lines: rows };
}

function demandsOf({ demands, decimals }: MrpInput, ids: readonly string[], firstDay: string) {
  return Array.from({ length: demands.count }, (_, row) => ({
    id: randomUUID(),
    item: ids[demands.point[row] ?? 0],
    quantity: decimalFromScaled(demands.quantity[row] ?? 0, decimals),
    due: new Date(Date.parse(firstDay) + (demands.day[row] ?? 0) * weekMs)
      .toISOString()
      .slice(0, 10),
  }));
}

const weekMs = 7 * 86_400_000;

function stockOf({ onHand, decimals }: MrpInput, ids: readonly string[]) {
  return Array.from({ length: onHand.count }, (_, row) => ({
    item: ids[onHand.point[row] ?? 0],
    quantity: decimalFromScaled(onHand.quantity[row] ?? 0, decimals),
  }));
}

const insertItems = `
  with rows as (
    select * from jsonb_to_recordset($2::jsonb)
      as (id uuid, number text, kind text, lead integer, safety numeric, rule jsonb)),
  items as (
    insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
    select id, $1::uuid, number, 'Part ' || number, kind, 'kg' from rows),
  stocked as (
    insert into inventory.stocked_item (tenant_id, item_id, number, uom, tracking, uom_decimals)
    select $1::uuid, id, number, 'kg', 'none', 3 from rows)
  insert into planning.item_policy
    (tenant_id, item_id, lead_days, safety_lead_days, safety_stock, yield_percent, lot_rule)
  select $1::uuid, id, lead, 0, safety, 100, rule from rows`;

const insertBoms = `
  insert into engineering.bom (tenant_id, bom_id, item_id, revision, state, quantity, valid_from)
  select $1::uuid, bom, item, 'A', 'approved', 1, '2026-01-01'
    from jsonb_to_recordset($2::jsonb) as (bom uuid, item uuid)`;

const insertLines = `
  insert into engineering.bom_line
    (tenant_id, bom_id, position, item_id, quantity, uom, per_over, per_under)
  select $1::uuid, bom, at, item, round(over / under, 6), 'kg', over, under
    from jsonb_to_recordset($2::jsonb) as (bom uuid, item uuid, over numeric, under numeric, at integer)`;

const insertDemands = `
  insert into planning.demand (tenant_id, demand_id, kind, item_id, quantity, due_day, reference)
  select $1::uuid, id, 'sales_order', item, quantity, due, 'SO'
    from jsonb_to_recordset($2::jsonb) as (id uuid, item uuid, quantity numeric, due date)`;

const insertPlaces = `
  with site as (
    insert into inventory.location (tenant_id, location_id, kind, code, name, allows_negative)
    values ($1::uuid, gen_random_uuid(), 'site', 'BENCH', 'Bench', false) returning *),
  house as (
    insert into inventory.location (tenant_id, location_id, parent_id, kind, code, name, allows_negative)
    select $1::uuid, gen_random_uuid(), location_id, 'warehouse', 'BENCH-W', 'Bench', false from site returning *)
  insert into inventory.location (tenant_id, location_id, parent_id, kind, code, name, allows_negative)
  select $1::uuid, gen_random_uuid(), location_id, 'bin', 'BENCH-B', 'Bench', false from house`;

const insertStock = `
  insert into inventory.balance (tenant_id, location_id, item_id, quantity, allows_negative)
  select $1::uuid, location_id, item, quantity, false
    from jsonb_to_recordset($2::jsonb) as (item uuid, quantity numeric)
    join inventory.location on code = 'BENCH-B' and tenant_id = $1::uuid`;
