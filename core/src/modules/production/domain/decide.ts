import {
  isCommandAllowed,
  Refusal,
  type WorkOrderCommand,
  workOrderCommands,
  type WorkOrderState,
} from "@millwright/contracts/states";
import {
  assertNever,
  Decimal,
  type Iso8601,
  toQuantity,
  type WorkOrderId,
  type WorkUnitId,
} from "@millwright/contracts/units";

import {
  evolve,
  type Operation,
  type Pieces,
  type WorkOrder,
  type WorkOrderEvent,
} from "./work-order.ts";

export type Command =
  | { kind: "firm" }
  | { kind: "release" }
  | { kind: "hold"; reason: string; at: Iso8601 }
  | { kind: "resume"; at: Iso8601 }
  | { kind: "complete"; at: Iso8601 }
  | { kind: "cancel"; reason: string }
  | { kind: "close" }
  /** A machine counted, or a person (`workUnitId` null) reports; the first pieces start the operation. */
  | ({ kind: "report"; step: number; workUnitId: WorkUnitId | null; at: Iso8601 } & Pieces)
  /** Pieces moved in time by late readings, or came after the order was completed. */
  | ({ kind: "correct"; step: number; reason: string; at: Iso8601 } & Pieces);

export type Decision = { state: WorkOrder; events: WorkOrderEvent[] };

/**
 * What a command does to an order: the events it raises and the order after them. Pure.
 * @throws Refusal work_order.transition_refused · operation.unknown · operation.not_open ·
 *   operation.nothing_reported · work_order.reason_missing, with current, asked and allowed states
 */
export function decide(order: WorkOrder, command: Command): Decision {
  switch (command.kind) {
    case "firm":
      return raiseAll(asked(order, "firm"), [{ type: "work_order.firmed", payload: ref(order) }]);
    case "release":
      return release(asked(order, "release"));
    case "hold":
      return hold(reasoned(asked(order, "hold"), command), command);
    case "resume":
      return settle(
        raiseAll(asked(order, "resume"), [{ type: "work_order.resumed", payload: ref(order) }]),
        command.at,
      );
    case "complete":
      return complete(asked(order, "complete"), command.at);
    case "cancel":
      return raiseAll(reasoned(asked(order, "cancel"), command), [
        { type: "work_order.cancelled", payload: { ...ref(order), reason: command.reason } },
      ]);
    case "close":
      return raiseAll(asked(order, "close"), [{ type: "work_order.closed", payload: ref(order) }]);
    case "report":
      return report(order, command);
    case "correct":
      return correct(order, command);
    default:
      return assertNever(command);
  }
}

/** Why a command is refused now, or null when it is allowed: for buttons that say why they are off. */
export function reasonAgainst(
  order: Pick<WorkOrder, "state">,
  command: WorkOrderCommand,
): string | null {
  if (isCommandAllowed(command, order.state)) return null;
  return `A work order can ${command} only when it is ${workOrderCommands[command].join(" or ")}; it is ${order.state}.`;
}

/** Whether the operation takes the next pieces of its machine. */
export function isOpen(order: WorkOrder, operation: Operation): boolean {
  const isOrderOpen = order.state === "released" || order.state === "in_progress";
  return isOrderOpen && ["ready", "running", "paused"].includes(operation.state);
}

/** Good pieces that end the operation (see isFinished); below 0 when it has more already. */
export function goodUntilDone(order: WorkOrder, operation: Operation): Decimal {
  const previous = order.operations[order.operations.indexOf(operation) - 1];
  const ordered = order.quantity.minus(operation.good);
  if (previous?.state !== "done") return ordered;
  return Decimal.min(ordered, previous.good.minus(operation.good).minus(operation.scrap));
}

function asked(order: WorkOrder, command: WorkOrderCommand): WorkOrder {
  const reason = reasonAgainst(order, command);
  if (reason === null) return order;
  throw new Refusal("work_order.transition_refused", reason, {
    current: order.state,
    asked: command,
    allowed: commandsOf(order.state),
  });
}

/** Who finds the order stopped tomorrow must learn why. */
function reasoned(order: WorkOrder, command: { kind: "hold" | "cancel"; reason: string }) {
  if (command.reason.trim() !== "") return order;
  throw new Refusal(
    "work_order.reason_missing",
    `Say why work order ${order.number} is to ${command.kind}: give a reason.`,
    { kind: "invalid" },
  );
}

function commandsOf(state: WorkOrderState): string[] {
  return Object.entries(workOrderCommands).flatMap(([command, from]) =>
    from.some((allowed) => allowed === state) ? [command] : [],
  );
}

function release(order: WorkOrder): Decision {
  const [first] = order.operations;
  return raiseAll(order, [
    { type: "work_order.released", payload: ref(order) },
    ...(first === undefined ? [] : [readied(order, first)]),
  ]);
}

function hold(order: WorkOrder, { reason, at }: { reason: string; at: Iso8601 }): Decision {
  const running = order.operations.filter((operation) => operation.state === "running");
  return raiseAll(order, [
    { type: "work_order.held", payload: { ...ref(order), reason } },
    ...running.map(({ step }): WorkOrderEvent => ({
      type: "operation.paused",
      payload: { ...ref(order), step, sourceTime: at },
    })),
  ]);
}

/** A person ends the order: what runs is done, what never began is skipped (see evolve). */
function complete(order: WorkOrder, at: Iso8601): Decision {
  const open = order.operations.filter(({ state }) => state === "running" || state === "paused");
  const done = raiseAll(
    order,
    open.map((operation) => operationDone(order, operation, at)),
  );
  return append(done, completed(done.state));
}

function report(
  order: WorkOrder,
  command: { step: number; workUnitId: WorkUnitId | null; at: Iso8601 } & Pieces,
): Decision {
  const operation = operationAt(order, command.step);
  const isPerson = command.workUnitId === null;
  if (!canReport(order, operation, isPerson)) throw notOpen(order, operation);
  if (isPerson && (command.good.isNegative() || command.scrap.isNegative() || isNothing(command))) {
    throw new Refusal("operation.nothing_reported", "Report at least one good or scrapped piece.", {
      kind: "invalid",
    });
  }
  const { workUnitId, at } = command;
  const atStep = { ...ref(order), step: operation.step };
  const events: WorkOrderEvent[] = [];
  if (order.state === "released") {
    events.push({ type: "work_order.started", payload: { ...ref(order), sourceTime: at } });
  }
  if (operation.state === "ready") {
    events.push({ type: "operation.started", payload: { ...atStep, workUnitId, sourceTime: at } });
  }
  if (operation.state === "paused" && order.state !== "on_hold") {
    events.push({ type: "operation.resumed", payload: { ...atStep, sourceTime: at } });
  }
  if (!isNothing(command)) {
    events.push({
      type: "operation.progress_reported",
      payload: {
        ...atStep,
        workUnitId,
        good: toQuantity(command.good),
        scrap: toQuantity(command.scrap),
        sourceTime: at,
      },
    });
  }
  return settle(raiseAll(order, events), at);
}

/** A machine's pieces are facts: they count on hold and after done too. A person is asked to think. */
function canReport(order: WorkOrder, operation: Operation, isPerson: boolean): boolean {
  if (isPerson) return isOpen(order, operation);
  if (isOpen(order, operation)) return true;
  const isOrderAlive = ["released", "in_progress", "on_hold"].includes(order.state);
  return isOrderAlive && ["paused", "done"].includes(operation.state);
}

function correct(
  order: WorkOrder,
  command: { step: number; reason: string; at: Iso8601 } & Pieces,
): Decision {
  const operation = operationAt(order, command.step);
  if (order.state === "closed" || order.state === "cancelled") throw notOpen(order, operation);
  if (isNothing(command)) return { state: order, events: [] };
  const corrected = raiseAll(order, [
    {
      type: "operation.progress_corrected",
      payload: {
        ...ref(order),
        step: operation.step,
        good: toQuantity(command.good),
        scrap: toQuantity(command.scrap),
        reason: command.reason,
      },
    },
  ]);
  return order.state === "completed" ? corrected : settle(corrected, command.at);
}

/**
 * Draws the consequences of new pieces: the next operation becomes ready with the first good piece
 * (transfer batch of one), an operation that has its quantity is done, and the last one completes the
 * order. An order on hold waits with all of this until it is resumed.
 */
function settle(decision: Decision, at: Iso8601): Decision {
  let current = decision;
  if (current.state.state !== "in_progress") return current;
  for (const { step } of current.state.operations) {
    const index = current.state.operations.findIndex((operation) => operation.step === step);
    const operation = operationAt(current.state, step);
    const previous = current.state.operations[index - 1];
    if (isFinished(operation, previous, current.state.quantity)) {
      current = append(current, operationDone(current.state, operation, at));
    } else if (operation.state === "waiting" && previous !== undefined && previous.good.gt(0)) {
      current = append(current, readied(current.state, operation));
    }
  }
  const last = current.state.operations.at(-1);
  return last?.state === "done" ? append(current, completed(current.state)) : current;
}

/**
 * Done at the order quantity; or, when the operation before is done, as soon as everything it passed
 * on is worked off: scrap upstream lowers what can be reached, and nobody waits for pieces that
 * cannot come.
 */
function isFinished(
  operation: Operation,
  previous: Operation | undefined,
  quantity: Decimal,
): boolean {
  if (!["waiting", "ready", "running", "paused"].includes(operation.state)) return false;
  if (operation.good.gte(quantity)) return true;
  return previous?.state === "done" && operation.good.plus(operation.scrap).gte(previous.good);
}

function completed(order: WorkOrder): WorkOrderEvent {
  const last = order.operations.at(-1);
  return {
    type: "work_order.completed",
    payload: {
      ...ref(order),
      good: toQuantity(last?.good ?? 0),
      scrap: toQuantity(last?.scrap ?? 0),
    },
  };
}

function readied(order: WorkOrder, operation: Operation): WorkOrderEvent {
  return { type: "operation.readied", payload: { ...ref(order), step: operation.step } };
}

function operationDone(order: WorkOrder, operation: Operation, at: Iso8601): WorkOrderEvent {
  return {
    type: "operation.done",
    payload: { ...ref(order), step: operation.step, sourceTime: at },
  };
}

function operationAt(order: WorkOrder, step: number): Operation {
  const operation = order.operations.find((candidate) => candidate.step === step);
  if (operation !== undefined) return operation;
  throw new Refusal("operation.unknown", `Work order ${order.number} has no step ${step}.`, {
    kind: "absent",
  });
}

function notOpen(order: WorkOrder, operation: Operation): Refusal {
  return new Refusal(
    "operation.not_open",
    `Step ${operation.step} of work order ${order.number} takes no pieces: it is ${operation.state}, the order ${order.state}.`,
    { current: operation.state, asked: "report", allowed: ["ready", "running", "paused"] },
  );
}

function isNothing({ good, scrap }: Pieces): boolean {
  return good.isZero() && scrap.isZero();
}

function ref(order: WorkOrder): { workOrderId: WorkOrderId } {
  return { workOrderId: order.workOrderId };
}

function raiseAll(order: WorkOrder, events: readonly WorkOrderEvent[]): Decision {
  let decision: Decision = { state: order, events: [] };
  for (const event of events) decision = append(decision, event);
  return decision;
}

function append(decision: Decision, event: WorkOrderEvent): Decision {
  return { state: evolve(decision.state, event), events: [...decision.events, event] };
}
