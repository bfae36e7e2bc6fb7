import type { Location, Lot, StockBalance, StockMove } from "@millwright/contracts/api";
import {
  type balanceSorts,
  type LocationKind,
  type LotCommand,
  lotCommandNames,
  type lotSorts,
  type LotStatus,
} from "@millwright/contracts/states";
import { sql } from "kysely";

import type { ListOrder, OrderedList } from "../../platform/db/list-order.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { unknownLot } from "./change-lot-status.ts";
import { isExpired, whyNot } from "./domain/lot.ts";

/** Every page has one row more than `limit` if there are. */
type Page = { limit: number };

/** Where a page begins in the order it is asked for. */
type After<Row> = { order: ListOrder<Row>; after: readonly string[] | null };

export async function readLocationPage(
  tx: Transaction,
  asked: Page & {
    after: string | null;
    kind: LocationKind | undefined;
    parentId: string | undefined;
  },
): Promise<Location[]> {
  const { rows } = await sql<Location>`
    select location_id as "locationId", parent_id as "parentId", kind, code, name,
           allows_negative as "allowsNegative"
      from inventory.location
     where tenant_id = ${tx.tenantId}
       and code > ${asked.after ?? ""}
       ${when(asked.kind, (kind) => sql`and kind = ${kind}`)}
       ${when(asked.parentId, (parentId) => sql`and parent_id = ${parentId}`)}
     order by code
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows;
}

type StockFilter = {
  itemId: string | undefined;
  locationId: string | undefined;
  lotId: string | undefined;
};

/** Moves before position `before`, newest first. */
export async function readMovePage(
  tx: Transaction,
  asked: Page & StockFilter & { before: string | null },
): Promise<StockMove[]> {
  // A location has two indexes, one per end of a move: each gives its newest, and the page is cut of both.
  const part = (end: ReturnType<typeof sql>) => sql`
    select *
      from inventory.stock_move
     where tenant_id = ${tx.tenantId}
       and position < coalesce(${asked.before}::bigint, 9223372036854775807)
       ${when(asked.itemId, (itemId) => sql`and item_id = ${itemId}`)}
       ${when(asked.lotId, (lotId) => sql`and lot_id = ${lotId}`)}
       ${end}
     order by position desc
     limit ${asked.limit + 1}`;
  const { locationId } = asked;
  const moves =
    locationId === undefined
      ? part(sql``)
      : sql`(${part(sql`and from_location_id = ${locationId}`)})
            union all
            (${part(sql`and to_location_id = ${locationId}`)})`;
  const { rows } = await sql<StockMove>`
    select m.move_id as "moveId", m.position::text as position, m.item_id as "itemId",
           i.number as "itemNumber", i.uom, m.lot_id as "lotId", l.number as "lotNumber",
           m.from_location_id as "fromLocationId", source.code as "fromCode",
           m.to_location_id as "toLocationId", target.code as "toCode",
           trim_scale(m.quantity)::text as quantity, m.reason, m.reference,
           ${utc(sql`m.moved_time`)} as "movedTime",
           ${utc(sql`m.recorded_time`)} as "recordedTime"
      from (${moves}) m
      join inventory.stocked_item i using (tenant_id, item_id)
      join inventory.location source
        on source.tenant_id = m.tenant_id and source.location_id = m.from_location_id
      join inventory.location target
        on target.tenant_id = m.tenant_id and target.location_id = m.to_location_id
      left join inventory.lot l on l.tenant_id = m.tenant_id and l.lot_id = m.lot_id
     order by m.position desc
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows;
}

/** What lies where: by item, location and lot. */
export const balanceList: OrderedList<StockBalance, (typeof balanceSorts)[number]> = {
  key: [
    { by: sql`i.number`, as: "code", of: ({ itemNumber }) => itemNumber },
    { by: sql`place.code`, as: "code", of: ({ locationCode }) => locationCode },
    { by: sql`coalesce(l.number, '')`, as: "code", of: ({ lotNumber }) => lotNumber ?? "" },
  ],
  fields: {
    itemNumber: { by: sql`i.number`, as: "code", of: ({ itemNumber }) => itemNumber },
    locationCode: { by: sql`place.code`, as: "code", of: ({ locationCode }) => locationCode },
    lotNumber: { by: sql`l.number`, as: "code", of: ({ lotNumber }) => lotNumber },
    lotExpiresTime: {
      by: sql`l.expires_time`,
      as: "time",
      of: ({ lotExpiresTime }) => lotExpiresTime,
    },
    quantity: { by: sql`b.quantity`, as: "number", of: ({ quantity }) => quantity },
    reserved: { by: sql`b.reserved`, as: "number", of: ({ reserved }) => reserved },
  },
};

export async function readBalancePage(
  tx: Transaction,
  asked: Page & StockFilter & After<StockBalance> & { now: Date },
): Promise<StockBalance[]> {
  const { rows } = await sql<StockBalance>`
    select b.item_id as "itemId", i.number as "itemNumber", i.uom, b.location_id as "locationId",
           place.code as "locationCode", place.kind as "locationKind", b.lot_id as "lotId",
           l.number as "lotNumber", l.status as "lotStatus",
           ${utc(sql`l.expires_time`)} as "lotExpiresTime",
           trim_scale(b.quantity)::text as quantity, trim_scale(b.reserved)::text as reserved,
           case
             when place.kind <> 'bin' then '0'
             when b.lot_id is not null and l.status <> 'released' then '0'
             when l.expires_time <= ${asked.now} then '0'
             else trim_scale(greatest(b.quantity - b.reserved, 0))::text
           end as available
      from inventory.balance b
      join inventory.stocked_item i using (tenant_id, item_id)
      join inventory.location place using (tenant_id, location_id)
      left join inventory.lot l on l.tenant_id = b.tenant_id and l.lot_id = b.lot_id
     where b.tenant_id = ${tx.tenantId}
       and b.quantity <> 0
       and ${asked.order.after(asked.after)}
       ${when(asked.itemId, (itemId) => sql`and b.item_id = ${itemId}`)}
       ${when(asked.lotId, (lotId) => sql`and b.lot_id = ${lotId}`)}
       ${
         asked.locationId === undefined
           ? sql`and place.kind in ('bin', 'in_transit')`
           : sql`and b.location_id = ${asked.locationId}`
       }
     order by ${asked.order.orderBy}
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows;
}

type LotRow = Omit<Lot, "isExpired" | "commands" | "expiresTime"> & {
  status: LotStatus;
  expiresTime: Date | null;
};

/** Lots and serials: by number, then item. */
export const lotList: OrderedList<Lot, (typeof lotSorts)[number]> = {
  key: [
    { by: sql`l.number`, as: "code", of: ({ number }) => number },
    { by: sql`i.number`, as: "code", of: ({ itemNumber }) => itemNumber },
  ],
  fields: {
    number: { by: sql`l.number`, as: "code", of: ({ number }) => number },
    itemNumber: { by: sql`i.number`, as: "code", of: ({ itemNumber }) => itemNumber },
    status: { by: sql`l.status`, as: "code", of: ({ status }) => status },
    expiresTime: { by: sql`l.expires_time`, as: "time", of: ({ expiresTime }) => expiresTime },
  },
};

export async function readLotPage(
  tx: Transaction,
  asked: Page &
    After<Lot> & {
      itemId: string | undefined;
      status: LotStatus | undefined;
      search: string | undefined;
      now: Date;
    },
): Promise<Lot[]> {
  const { rows } = await sql<LotRow>`
    ${selectLot}
     where l.tenant_id = ${tx.tenantId}
       and ${asked.order.after(asked.after)}
       ${when(asked.itemId, (itemId) => sql`and l.item_id = ${itemId}`)}
       ${when(asked.status, (status) => sql`and l.status = ${status}`)}
       ${when(asked.search, (search) => sql`and starts_with(lower(l.number), lower(${search}))`)}
     order by ${asked.order.orderBy}
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows.map((row) => toLot(row, asked.now));
}

/** @throws Refusal lot.unknown */
export async function readLot(tx: Transaction, lotId: string, now: Date): Promise<Lot> {
  const { rows } = await sql<LotRow>`
    ${selectLot}
     where l.tenant_id = ${tx.tenantId}
       and l.lot_id = ${lotId}`.execute(tx.over());
  const [row] = rows;
  if (row === undefined) throw unknownLot(lotId);
  return toLot(row, now);
}

const selectLot = sql`
    select l.lot_id as "lotId", l.item_id as "itemId", i.number as "itemNumber", l.number, l.status,
           l.expires_time as "expiresTime"
      from inventory.lot l
      join inventory.stocked_item i using (tenant_id, item_id)`;

function toLot(row: LotRow, now: Date): Lot {
  const command = (name: LotCommand) => {
    const reason = whyNot(row.status, name);
    return { isAllowed: reason === null, reason };
  };
  return {
    ...row,
    expiresTime: row.expiresTime?.toISOString() ?? null,
    isExpired: isExpired(row, now),
    commands: Object.fromEntries(lotCommandNames.map((name) => [name, command(name)])),
  };
}

/** An instant as the wire writes it: ISO 8601 in UTC, to the millisecond. */
function utc(column: ReturnType<typeof sql>) {
  return sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A condition only if the caller asked for it, so that the plan fits the question. */
function when<T>(asked: T | undefined, condition: (asked: T) => ReturnType<typeof sql>) {
  return asked === undefined ? sql`` : condition(asked);
}
