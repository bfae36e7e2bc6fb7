import type { EventPayload } from "@millwright/contracts/events";
import type { OperationState, WorkOrderState } from "@millwright/contracts/states";
import {
  assertNever,
  Decimal,
  type Iso8601,
  type ItemId,
  type WorkCenterId,
  type WorkOrderId,
  type WorkUnitId,
} from "@millwright/contracts/units";

export type Operation = {
  /** Routing step, unique in the order; operations are kept in step order. */
  step: number;
  name: string;
  workCenterId: WorkCenterId;
  runMsPerUnit: number;
  setupMs: number;
  state: OperationState;
  /** The machine that counts for it; null before the first count, and on a manual bench. */
  workUnitId: WorkUnitId | null;
  good: Decimal;
  scrap: Decimal;
  startedTime: Iso8601 | null;
  doneTime: Iso8601 | null;
};

export type WorkOrder = {
  workOrderId: WorkOrderId;
  number: string;
  itemId: ItemId;
  quantity: Decimal;
  dueDate: Iso8601 | null;
  state: WorkOrderState;
  /** The state to go back to from on_hold; null in every other state. */
  heldFrom: "released" | "in_progress" | null;
  operations: readonly Operation[];
  /** Number of events so far: the optimistic lock. */
  version: number;
};

/** The operation that a list names: the one that runs, else one that pauses, else one that may start. */
export function currentOf<O extends { state: OperationState }>(
  operations: readonly O[],
): O | undefined {
  const first = (state: OperationState) => operations.find((one) => one.state === state);
  return first("running") ?? first("paused") ?? first("ready");
}

type Payloads = {
  "work_order.drafted": EventPayload<"work_order.drafted@1">;
  "work_order.firmed": EventPayload<"work_order.firmed@1">;
  "work_order.released": EventPayload<"work_order.released@1">;
  "work_order.started": EventPayload<"work_order.started@1">;
  "work_order.held": EventPayload<"work_order.held@1">;
  "work_order.resumed": EventPayload<"work_order.resumed@1">;
  "work_order.completed": EventPayload<"work_order.completed@1">;
  "work_order.closed": EventPayload<"work_order.closed@1">;
  "work_order.cancelled": EventPayload<"work_order.cancelled@1">;
  "operation.readied": EventPayload<"operation.readied@1">;
  "operation.started": EventPayload<"operation.started@1">;
  "operation.paused": EventPayload<"operation.paused@1">;
  "operation.resumed": EventPayload<"operation.resumed@1">;
  "operation.progress_reported": EventPayload<"operation.progress_reported@1">;
  "operation.progress_corrected": EventPayload<"operation.progress_corrected@1">;
  "operation.done": EventPayload<"operation.done@1">;
};

/** Every event of stream `work_order:<id>`, version 1 of each. */
export type WorkOrderEvent = {
  [T in keyof Payloads]: { type: T; payload: Payloads[T] };
}[keyof Payloads];

/** Pieces of an operation; may be negative in a correction. */
export type Pieces = { good: Decimal; scrap: Decimal };

/** Folds a stream; the first event must be the draft. */
export function fold(events: readonly WorkOrderEvent[]): WorkOrder | null {
  let order: WorkOrder | null = null;
  for (const event of events) order = evolve(order, event);
  return order;
}

/**
 * The order after one event of its stream. Total: what happened is never refused here, so that a
 * stream written under older rules still folds.
 */
export function evolve(order: WorkOrder | null, event: WorkOrderEvent): WorkOrder {
  if (event.type === "work_order.drafted") return draft(event.payload);
  if (order === null)
    throw new Error(`a work order stream starts with its draft, not ${event.type}`);
  return { ...change(order, event), version: order.version + 1 };
}

type Drafted = Extract<WorkOrderEvent, { type: "work_order.drafted" }>;

function draft(payload: Drafted["payload"]): WorkOrder {
  return {
    workOrderId: payload.workOrderId,
    number: payload.number,
    itemId: payload.itemId,
    quantity: new Decimal(payload.quantity),
    dueDate: payload.dueDate,
    state: "draft",
    heldFrom: null,
    operations: payload.operations
      .toSorted((a, b) => a.step - b.step)
      .map((operation) => ({
        ...operation,
        state: "waiting",
        workUnitId: null,
        good: new Decimal(0),
        scrap: new Decimal(0),
        startedTime: null,
        doneTime: null,
      })),
    version: 1,
  };
}

function change(order: WorkOrder, event: Exclude<WorkOrderEvent, Drafted>): WorkOrder {
  switch (event.type) {
    case "work_order.firmed":
      return { ...order, state: "firmed" };
    case "work_order.released":
      return { ...order, state: "released" };
    case "work_order.started":
      return { ...order, state: "in_progress" };
    case "work_order.held":
      return {
        ...order,
        state: "on_hold",
        heldFrom: order.state === "released" ? "released" : "in_progress",
      };
    case "work_order.resumed":
      return { ...order, state: order.heldFrom ?? "in_progress", heldFrom: null };
    case "work_order.completed":
      return { ...order, state: "completed", operations: ended(order, "skipped") };
    case "work_order.closed":
      return { ...order, state: "closed" };
    case "work_order.cancelled":
      return {
        ...order,
        state: "cancelled",
        heldFrom: null,
        operations: ended(order, "cancelled"),
      };
    case "operation.readied":
      return withOperation(order, event.payload.step, () => ({ state: "ready" }));
    case "operation.started":
      return withOperation(order, event.payload.step, () => ({
        state: "running",
        workUnitId: event.payload.workUnitId,
        startedTime: event.payload.sourceTime,
      }));
    case "operation.paused":
      return withOperation(order, event.payload.step, () => ({ state: "paused" }));
    case "operation.resumed":
      return withOperation(order, event.payload.step, () => ({ state: "running" }));
    case "operation.progress_reported":
      return withOperation(order, event.payload.step, ({ good, scrap, workUnitId }) => ({
        good: good.plus(event.payload.good),
        scrap: scrap.plus(event.payload.scrap),
        // A person may have started it without a machine.
        workUnitId: workUnitId ?? event.payload.workUnitId,
      }));
    case "operation.progress_corrected":
      return withOperation(order, event.payload.step, ({ good, scrap }) => ({
        good: good.plus(event.payload.good),
        scrap: scrap.plus(event.payload.scrap),
      }));
    case "operation.done":
      return withOperation(order, event.payload.step, () => ({
        state: "done",
        doneTime: event.payload.sourceTime,
      }));
    default:
      return assertNever(event);
  }
}

function withOperation(
  order: WorkOrder,
  step: number,
  changed: (operation: Operation) => Partial<Operation>,
): WorkOrder {
  return {
    ...order,
    operations: order.operations.map((operation) =>
      operation.step === step ? { ...operation, ...changed(operation) } : operation,
    ),
  };
}

/** Operations that are not done end with their order. */
function ended(order: WorkOrder, state: "skipped" | "cancelled"): Operation[] {
  return order.operations.map((operation) =>
    operation.state === "done" ? operation : { ...operation, state },
  );
}
