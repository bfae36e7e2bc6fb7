import type { Demand, DemandInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import type { demandSorts } from "@millwright/contracts/states";
import { type RawBuilder, sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { ListOrder, OrderedList } from "../../platform/db/list-order.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { changedMeanwhile } from "../../platform/http/if-match.ts";
import { checkItems } from "./check-items.ts";
import { checkSitesExist } from "./check-sites.ts";

/** The list of demands: by due day. */
export const demandList: OrderedList<Demand, (typeof demandSorts)[number]> = {
  key: [
    { by: sql`d.due_day`, as: "day", of: ({ dueDay }) => dueDay },
    { by: sql`d.demand_id`, as: "uuid", of: ({ demandId }) => demandId },
  ],
  fields: {
    itemNumber: { by: sql`i.number`, as: "code", of: ({ itemNumber }) => itemNumber },
    quantity: { by: sql`d.quantity`, as: "number", of: ({ quantity }) => quantity },
    dueDay: { by: sql`d.due_day`, as: "day", of: ({ dueDay }) => dueDay },
    kind: { by: sql`d.kind`, as: "code", of: ({ kind }) => kind },
    reference: { by: sql`d.reference`, as: "text", of: ({ reference }) => reference },
  },
};

/** A page of demands; one more than `limit` if there are. */
export function readDemandPage(
  tx: Transaction,
  asked: {
    order: ListOrder<Demand>;
    after: readonly string[] | null;
    search: string | undefined;
    limit: number;
  },
): Promise<Demand[]> {
  const where = sql`
    ${asked.order.after(asked.after)}
    and (${asked.search ?? null}::text is null
         or position(lower(${asked.search ?? ""}) in lower(i.number || ' ' || i.name || ' ' || d.reference)) > 0)`;
  return readDemands(tx, where, asked.limit + 1, asked.order.orderBy);
}

/** @throws Refusal item.unknown · location.unknown */
export async function createDemand(
  tx: Transaction,
  asked: { demandId: string; input: DemandInput },
  by: Actor,
): Promise<Demand> {
  await checkInput(tx, asked.input);
  await insertDemands(tx, [{ demandId: asked.demandId, ...asked.input }]);
  return saved(tx, asked.demandId, null, by);
}

/** @throws Refusal demand.unknown · record.changed_meanwhile · item.unknown · location.unknown */
export async function changeDemand(
  tx: Transaction,
  asked: { demandId: string; version: number; input: DemandInput },
  by: Actor,
): Promise<Demand> {
  const before = await readDemand(tx, asked.demandId);
  const { kind, itemId, quantity, dueDay, siteId, reference } = asked.input;
  await checkInput(tx, asked.input);
  const { rows } = await sql`
    update planning.demand
       set kind = ${kind}, item_id = ${itemId}, quantity = ${quantity}::numeric,
           due_day = ${dueDay}::date, site_id = ${siteId}, reference = ${reference}, version = version + 1
     where demand_id = ${asked.demandId} and version = ${asked.version}
    returning demand_id`.execute(tx.over());
  if (rows.length === 0) throw changedMeanwhile(before.version, asked.version);
  return saved(tx, asked.demandId, before, by);
}

/** @throws Refusal demand.unknown */
export async function deleteDemand(tx: Transaction, demandId: string, by: Actor): Promise<Demand> {
  const before = await readDemand(tx, demandId);
  await sql`delete from planning.demand where demand_id = ${demandId}`.execute(tx.over());
  recordChange(tx, { objectType: "demand", objectId: demandId, before, after: null, by });
  return before;
}

/** Writes them as one set; items and sites exist. */
export async function insertDemands(
  tx: Transaction,
  demands: readonly (DemandInput & { demandId: string })[],
): Promise<void> {
  await sql`
    insert into planning.demand
      (tenant_id, demand_id, kind, item_id, quantity, due_day, site_id, reference)
    select ${tx.tenantId}, "demandId", kind, "itemId", quantity, "dueDay", "siteId", reference
      from jsonb_to_recordset(${JSON.stringify(demands)}::jsonb)
        as ("demandId" uuid, kind text, "itemId" uuid, quantity numeric, "dueDay" date,
            "siteId" uuid, reference text)`.execute(tx.over());
}

async function checkInput(tx: Transaction, { itemId, siteId }: DemandInput): Promise<void> {
  await checkItems(tx, [itemId]);
  await checkSitesExist(tx, siteId === null ? [] : [siteId]);
}

async function saved(
  tx: Transaction,
  demandId: string,
  before: Demand | null,
  by: Actor,
): Promise<Demand> {
  const [after] = await readDemands(tx, sql`d.demand_id = ${demandId}`, 1);
  invariant(after !== undefined, "the demand was just saved");
  const label = `${after.itemNumber} ${after.reference}`.trim();
  recordChange(tx, { objectType: "demand", objectId: demandId, label, before, after, by });
  return after;
}

async function readDemand(tx: Transaction, demandId: string): Promise<Demand> {
  const [demand] = await readDemands(tx, sql`d.demand_id = ${demandId}`, 1);
  if (demand !== undefined) return demand;
  throw new Refusal("demand.unknown", `There is no demand ${demandId}.`, { kind: "absent" });
}

async function readDemands(
  tx: Transaction,
  where: RawBuilder<unknown>,
  limit: number,
  orderBy: RawBuilder<unknown> = sql`d.demand_id`,
): Promise<Demand[]> {
  const { rows } = await sql<Demand>`
    select d.demand_id as "demandId", d.kind, d.item_id as "itemId", i.number as "itemNumber",
           i.name as "itemName", i.uom, d.quantity::text as quantity, d.due_day::text as "dueDay",
           d.site_id as "siteId", s.code as "siteCode", d.reference, d.version
      from planning.demand d
      join engineering.v_item i using (item_id)
      left join inventory.v_site s using (site_id)
     where ${where}
     order by ${orderBy}
     limit ${limit}`.execute(tx.over());
  return rows;
}
