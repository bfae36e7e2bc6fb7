import type { Actor, EventKey, EventToEmit } from "@millwright/contracts/events";
import { workOrderStateSchema, operationStateSchema } from "@millwright/contracts/states";
import {
  Decimal,
  iso8601Schema,
  itemIdSchema,
  toQuantity,
  workCenterIdSchema,
  workOrderIdSchema,
  workUnitIdSchema,
} from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import { VersionConflict } from "../../../platform/db/failure.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import {
  currentOf,
  type Operation,
  type WorkOrder,
  type WorkOrderEvent,
} from "../domain/work-order.ts";

/** An order with what its stream does not hold: item texts, and when it was released here. */
export type StoredWorkOrder = {
  order: WorkOrder;
  itemNumber: string;
  itemName: string;
  uom: string;
  /** Our clock; what machines counted before it is not for this order. */
  releasedTime: Date | null;
};

/** As found: with what equipment calls the work centers, by step. */
export type FoundWorkOrder = StoredWorkOrder & { workCenterNames: ReadonlyMap<number, string> };

/** An order before and after the events that a decision raised. */
export type WorkOrderChange = { before: WorkOrder; after: WorkOrder; events: WorkOrderEvent[] };

export const streamOf = (workOrderId: string) => `work_order:${workOrderId}`;
export const orderOfStream = (stream: string) => stream.slice("work_order:".length);

/**
 * The orders as they are now, in no special order. The projection holds the whole state, so it serves
 * as the snapshot of the newest version: a long order need not be folded for every piece.
 */
export async function loadWorkOrders(
  tx: Transaction,
  workOrderIds: readonly string[],
): Promise<FoundWorkOrder[]> {
  if (workOrderIds.length === 0) return [];
  // One statement for orders and operations: it is asked for every request and every piece.
  const { rows } = await sql`
    select o.work_order_id, o.number, o.item_id, o.item_number, o.item_name, o.uom, o.quantity,
           o.due_date, o.state, o.held_from, o.released_time, o.version,
           (select coalesce(
                     jsonb_agg(
                       jsonb_build_object(
                         'step', op.step, 'name', op.name, 'work_center_id', op.work_center_id,
                         'work_center_name', c.name, 'work_unit_id', op.work_unit_id,
                         'state', op.state, 'good', op.good::text, 'scrap', op.scrap::text,
                         'run_ms_per_unit', op.run_ms_per_unit, 'setup_ms', op.setup_ms,
                         'started_time', op.started_time, 'done_time', op.done_time)
                       order by op.step),
                     '[]')
              from production.work_order_operation op
              left join equipment.v_work_center c on c.work_center_id = op.work_center_id
             where op.work_order_id = o.work_order_id) as operations
      from production.work_order o
     where ${isOneOf(workOrderIds)}`.execute(tx.over());
  return rows.map((raw) => fromRow(orderRow.parse(raw)));
}

/**
 * Said beside a join with a record set too: PostgreSQL takes every such set for 100 rows, and would
 * read the whole table to find one order.
 *
 * One id is compared as such: PostgreSQL takes an array it does not know for ten ids, and so plans the
 * statement anew every time, which takes longer than reading an order.
 */
function isOneOf(workOrderIds: readonly string[]) {
  const [only, another] = workOrderIds;
  return another === undefined
    ? sql`o.work_order_id = ${only}`
    : sql`o.work_order_id = any (${[...workOrderIds]}::uuid[])`;
}

/**
 * Lets nobody else change this order from the next statement on to the commit: it waits with that
 * statement, which goes out in the same message and sees what others committed before.
 */
export function lockWorkOrder(tx: Transaction, workOrderId: string): void {
  tx.queue(sql`
    select
      from production.work_order
     where work_order_id = ${workOrderId}
       for update`);
}

/** False when the number is taken. The draft's event goes to the log with it. */
export async function insertWorkOrder(
  tx: Transaction,
  draft: StoredWorkOrder,
  event: WorkOrderEvent,
  actor: Actor,
): Promise<boolean> {
  const { order } = draft;
  const shown = shownOf(order);
  const { rows } = await sql`
    insert into production.work_order
      (work_order_id, tenant_id, number, item_id, item_number, item_name, uom, quantity, due_date,
       state, version, good, scrap, current_step, current_operation_name)
    values
      (${order.workOrderId}, ${tx.tenantId}, ${order.number}, ${order.itemId}, ${draft.itemNumber},
       ${draft.itemName}, ${draft.uom}, ${order.quantity.toFixed()}::numeric, ${order.dueDate}::timestamptz,
       ${order.state}, ${order.version}, ${shown.good}, ${shown.scrap}, ${shown.currentStep},
       ${shown.currentOperationName})
    on conflict (tenant_id, number) do nothing
    returning work_order_id`.execute(tx.over());
  if (rows.length === 0) return false;
  await sql`
    insert into production.work_order_operation
      (work_order_id, tenant_id, step, name, work_center_id, state, run_ms_per_unit, setup_ms)
    select ${order.workOrderId}, ${tx.tenantId}, step, name, "workCenterId", state, "runMsPerUnit", "setupMs"
      from jsonb_to_recordset(${JSON.stringify(order.operations)}::jsonb)
        as (step integer, name text, "workCenterId" uuid, state text,
            "runMsPerUnit" double precision, "setupMs" double precision)`.execute(tx.over());
  tx.emit([toEmit(tx, event, { version: order.version, workOrderId: order.workOrderId, actor })]);
  return true;
}

/**
 * Writes orders after a decision and queues their events, which carry the version that was loaded: when
 * an order changed since, the log refuses them at the commit and the transaction runs again.
 * @throws VersionConflict when that shows before, as it does for several orders at once
 */
export async function saveWorkOrders(
  tx: Transaction,
  changes: readonly WorkOrderChange[],
  by: { actor: Actor; now: Date },
): Promise<void> {
  const changed = changes.filter(({ events }) => events.length > 0);
  if (changed.length === 0) return;
  await updateOrders(tx, changed, by.now);
  updateOperations(tx, changed.flatMap(changedOperations));
  tx.touch(changed.flatMap(touchedWorkCenters));
  tx.emit(changed.flatMap((change) => eventsOf(tx, change, by.actor)));
}

async function updateOrders(
  tx: Transaction,
  changes: readonly WorkOrderChange[],
  now: Date,
): Promise<void> {
  const records = changes.map(({ before, after, events }) => ({
    id: after.workOrderId,
    state: after.state,
    held_from: after.heldFrom,
    old_version: before.version,
    version: after.version,
    ...shownOf(after),
    released_time: events.some(({ type }) => type === "work_order.released") ? now : null,
  }));
  const [only, another] = records;
  if (only !== undefined && another === undefined) return updateOrder(tx, only);
  const { numAffectedRows } = await updateSet(tx, records);
  if (numAffectedRows !== BigInt(changes.length)) throw new VersionConflict();
}

/** What lists show of the operations, so that a page of orders need not read theirs. */
export function shownOf({ operations }: Pick<WorkOrder, "operations">) {
  const current = currentOf(operations);
  const last = operations.at(-1);
  return {
    good: toQuantity(last?.good ?? 0),
    scrap: toQuantity(last?.scrap ?? 0),
    currentStep: current?.step ?? null,
    currentOperationName: current?.name ?? null,
  };
}

type OrderRecord = ReturnType<typeof shownOf> & {
  id: string;
  state: string;
  held_from: string | null;
  old_version: number;
  version: number;
  released_time: Date | null;
};

/** Nearly every change is of one order, and the key finds it in a third of the time of a set. */
function updateOrder(tx: Transaction, record: OrderRecord): void {
  tx.queue(sql`
    update production.work_order
       set state = ${record.state}, held_from = ${record.held_from}, version = ${record.version},
           good = ${record.good}, scrap = ${record.scrap}, current_step = ${record.currentStep},
           current_operation_name = ${record.currentOperationName},
           released_time = coalesce(${record.released_time}::timestamptz, released_time)
     where work_order_id = ${record.id}
       and version = ${record.old_version}`);
}

function updateSet(tx: Transaction, records: readonly OrderRecord[]) {
  return sql`
    update production.work_order o
       set state = n.state, held_from = n.held_from, version = n.version,
           good = n.good, scrap = n.scrap, current_step = n."currentStep",
           current_operation_name = n."currentOperationName",
           released_time = coalesce(n.released_time, o.released_time)
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
        as n (id uuid, state text, held_from text, old_version integer, version integer,
              good numeric, scrap numeric, "currentStep" integer,
              "currentOperationName" text, released_time timestamptz)
     where ${isOneOf(records.map(({ id }) => id))}
       and o.work_order_id = n.id
       and o.version = n.old_version`.execute(tx.over());
}

function updateOperations(
  tx: Transaction,
  operations: readonly { workOrderId: string; operation: Operation }[],
): void {
  if (operations.length === 0) return;
  const records = operations.map(({ workOrderId, operation }) => ({
    id: workOrderId,
    step: operation.step,
    work_unit_id: operation.workUnitId,
    state: operation.state,
    good: operation.good.toFixed(),
    scrap: operation.scrap.toFixed(),
    started_time: operation.startedTime,
    done_time: operation.doneTime,
  }));
  tx.queue(sql`
    update production.work_order_operation o
       set work_unit_id = n.work_unit_id, state = n.state, good = n.good, scrap = n.scrap,
           started_time = n.started_time, done_time = n.done_time
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
        as n (id uuid, step integer, work_unit_id uuid, state text, good numeric, scrap numeric,
              started_time timestamptz, done_time timestamptz)
     where ${isOneOf([...new Set(operations.map(({ workOrderId }) => workOrderId))])}
       and o.work_order_id = n.id
       and o.step = n.step`);
}

/** `evolve` keeps what it does not change, so identity says which operations did. */
function changedOperations({ before, after }: WorkOrderChange) {
  return after.operations
    .filter((operation, index) => operation !== before.operations[index])
    .map((operation) => ({ workOrderId: after.workOrderId, operation }));
}

function touchedWorkCenters(change: WorkOrderChange): string[] {
  const { before, after } = change;
  const operations =
    before.state === after.state
      ? changedOperations(change).map(({ operation }) => operation)
      : after.operations;
  return operations.map((operation) => operation.workCenterId);
}

function eventsOf(
  tx: Transaction,
  { before, events }: WorkOrderChange,
  actor: Actor,
): EventToEmit[] {
  return events.map((event, index) =>
    toEmit(tx, event, {
      version: before.version + index + 1,
      workOrderId: before.workOrderId,
      actor,
    }),
  );
}

function toEmit(
  tx: Transaction,
  event: WorkOrderEvent,
  at: { version: number; workOrderId: string; actor: Actor },
): EventToEmit {
  return {
    tenantId: tx.tenantId,
    stream: streamOf(at.workOrderId),
    streamVersion: at.version,
    type: event.type,
    typeVersion: 1,
    payload: event.payload,
    actor: at.actor,
    trace: null,
  };
}

/** The events of the stream as contracts lists them. */
export const workOrderEventKeys = [
  "work_order.drafted@1",
  "work_order.firmed@1",
  "work_order.released@1",
  "work_order.started@1",
  "work_order.held@1",
  "work_order.resumed@1",
  "work_order.completed@1",
  "work_order.closed@1",
  "work_order.cancelled@1",
  "operation.readied@1",
  "operation.started@1",
  "operation.paused@1",
  "operation.resumed@1",
  "operation.progress_reported@1",
  "operation.progress_corrected@1",
  "operation.done@1",
] as const satisfies readonly EventKey[];

const instant = z.coerce.date().transform((date) => iso8601Schema.parse(date.toISOString()));

const operationRow = z.object({
  step: z.number(),
  name: z.string(),
  work_center_id: workCenterIdSchema,
  work_center_name: z.string().nullable(),
  work_unit_id: workUnitIdSchema.nullable(),
  state: operationStateSchema,
  good: z.string(),
  scrap: z.string(),
  run_ms_per_unit: z.number(),
  setup_ms: z.number(),
  started_time: instant.nullable(),
  done_time: instant.nullable(),
});

const orderRow = z.object({
  work_order_id: workOrderIdSchema,
  number: z.string(),
  item_id: itemIdSchema,
  item_number: z.string(),
  item_name: z.string(),
  uom: z.string(),
  quantity: z.string(),
  due_date: instant.nullable(),
  state: workOrderStateSchema,
  held_from: z.enum(["released", "in_progress"]).nullable(),
  released_time: z.date().nullable(),
  version: z.number(),
  operations: z.array(operationRow),
});

function fromRow(row: z.infer<typeof orderRow>): FoundWorkOrder {
  return {
    order: {
      workOrderId: row.work_order_id,
      number: row.number,
      itemId: row.item_id,
      quantity: new Decimal(row.quantity),
      dueDate: row.due_date,
      state: row.state,
      heldFrom: row.held_from,
      operations: row.operations.map(fromOperationRow),
      version: row.version,
    },
    itemNumber: row.item_number,
    itemName: row.item_name,
    uom: row.uom,
    releasedTime: row.released_time,
    workCenterNames: new Map(
      row.operations.map(({ step, work_center_name: name }) => [step, name ?? ""]),
    ),
  };
}

function fromOperationRow(row: z.infer<typeof operationRow>): Operation {
  return {
    step: row.step,
    name: row.name,
    workCenterId: row.work_center_id,
    runMsPerUnit: row.run_ms_per_unit,
    setupMs: row.setup_ms,
    state: row.state,
    workUnitId: row.work_unit_id,
    good: new Decimal(row.good),
    scrap: new Decimal(row.scrap),
    startedTime: row.started_time,
    doneTime: row.done_time,
  };
}
