import {
  Decimal,
  type Iso8601,
  type WorkCenterId,
  type WorkUnitId,
} from "@millwright/contracts/units";

import { type Command, decide, goodUntilDone, isOpen } from "./decide.ts";
import { add, isNone, noPieces } from "./pieces.ts";
import type { Operation, Pieces, WorkOrder, WorkOrderEvent } from "./work-order.ts";

/** An order in the hands of the shop floor while a batch of machine events is applied. */
export type FloorOrder = {
  before: WorkOrder;
  order: WorkOrder;
  events: WorkOrderEvent[];
  /** Epoch ms, our clock. */
  releasedAt: number;
};

/** The counts of (from, to] of this work unit belong to the operation. Times are epoch ms. */
export type Assignment = {
  assignmentId: string;
  workUnitId: WorkUnitId;
  workOrderId: string;
  step: number;
  from: number;
  /** Null: still going on. */
  to: number | null;
  lastCountAt: number;
};

/** Working set of one batch, changed in place: everything the batch can touch is loaded before. */
export type ShopFloor = {
  orders: Map<string, FloorOrder>;
  /** By work unit, ascending, not overlapping; the last one is open. */
  assignments: Map<string, Assignment[]>;
  newId: () => string;
  toInstant: (time: number) => Iso8601;
};

/** Pieces of one work unit that a counter saw in (from, to], source time in epoch ms. */
export type Count = {
  workUnitId: WorkUnitId;
  workCenterId: WorkCenterId;
  pieces: Pieces;
  from: number;
  to: number;
};

/** Where pieces went. */
export type Destination =
  | { kind: "operation"; workOrderId: string; step: number }
  | { kind: "unassigned"; reason: "no_operation" | "order_closed" | "dismissed" };

/** A count, or a part of one, and where it went. */
export type Booked = { count: Count; destination: Destination };

/**
 * Gives counted pieces to an operation: the one that ran at that source time; else the open one of the
 * machine; else the first ready operation of the oldest released order of its work center, which
 * this count starts; else the last one, even if it is done (over-production); else nobody. Good pieces
 * beyond what an operation lacks start the next one, if there is one: one part per operation.
 */
export function takeCount(floor: ShopFloor, count: Count): Booked[] {
  const history = floor.assignments.get(count.workUnitId) ?? [];
  const past = history.find(({ from, to }) => to !== null && from < count.to && count.to <= to);
  const whole = (destination: Destination) => [{ count, destination }];
  if (past !== undefined) return whole(credit(floor, past, count));
  const last = history.at(-1);
  if (last !== undefined && count.to <= last.from) return whole(nobody);
  // A second counter of the same pieces (scrap after good) must not start the next operation.
  const isSamePieces = last !== undefined && count.to <= last.lastCountAt;
  if (isSamePieces) return whole(credit(floor, last, count));
  if (last !== undefined && isRunning(floor, last)) return spill(floor, last, count);
  const next = nextOperation(floor, count);
  if (next === null) return whole(last === undefined ? nobody : credit(floor, last, count));
  const { releasedAt } = next.floorOrder;
  const since = Math.max(count.from, releasedAt, last?.lastCountAt ?? -Infinity);
  return spill(floor, start(floor, next, { count, since, last }), count);
}

/**
 * How often one count may go over to the next operation. A gap of readings longer than that many
 * orders on one machine is for a person to sort out: the last one keeps the rest.
 */
export const spillsPerCountMax = 4;

/** Fills the operation and gives the rest to the next ones, of which each may be filled in turn. */
function spill(floor: ShopFloor, first: Assignment, count: Count): Booked[] {
  const booked: Booked[] = [];
  let assignment = first;
  let rest = count;
  for (let spills = 0; spills < spillsPerCountMax; spills += 1) {
    const good = lackingOf(floor, assignment);
    if (rest.pieces.good.lte(good) || nextOperation(floor, rest, assignment) === null) break;
    const { from, lastCountAt } = assignment;
    // One that this count itself started has no count before it.
    const counted = lastCountAt < count.to ? lastCountAt : from;
    const part = { ...rest, pieces: { good, scrap: rest.pieces.scrap } };
    if (!isNone(part.pieces)) {
      booked.push({ count: part, destination: credit(floor, assignment, part) });
    }
    rest = { ...rest, pieces: { good: rest.pieces.good.minus(good), scrap: noPieces.scrap } };
    // Asked again: the part may have completed the order, and with it ended other operations of it.
    const next = nextOperation(floor, rest, assignment);
    if (next === null) break;
    // The whole gap is the next one's time, so that what late readings move within it nets to nothing.
    assignment = start(floor, next, {
      count,
      since: Math.max(count.from, counted),
      last: assignment,
    });
  }
  return [...booked, { count: rest, destination: credit(floor, assignment, rest) }];
}

/** Good pieces until the operation is done, >= 0. */
function lackingOf(floor: ShopFloor, assignment: Assignment): Decimal {
  const found = operationOf(floor, assignment);
  if (found === null) return noPieces.good;
  return Decimal.max(0, goodUntilDone(found.order, found.operation));
}

/**
 * Moves pieces in time: late readings say when an already counted difference really happened. The
 * operations that ran then get or lose pieces; where both are the same nothing is said about them.
 */
export function redistribute(floor: ShopFloor, counts: readonly Count[]): Booked[] {
  const net = new Map<Assignment, { pieces: Pieces; at: number }>();
  const moved = counts.map((count) => {
    const assignment = runningAt(floor, count.workUnitId, count.to);
    if (assignment === undefined) return { count, destination: nobody };
    const refused = refusedBy(floor, assignment);
    if (refused !== null) return { count, destination: refused };
    const sum = net.get(assignment) ?? { pieces: noPieces, at: count.to };
    net.set(assignment, {
      pieces: add(sum.pieces, count.pieces),
      at: Math.max(sum.at, count.to),
    });
    return { count, destination: toOperation(assignment) };
  });
  for (const [{ workOrderId, step }, { pieces, at }] of net) {
    if (isNone(pieces)) continue;
    const reason = "late readings";
    apply(floor, workOrderId, {
      kind: "correct",
      step,
      reason,
      at: floor.toInstant(at),
      ...pieces,
    });
  }
  return moved;
}

const nobody: Destination = { kind: "unassigned", reason: "no_operation" };

/**
 * Clocks of machines and of this server differ a little: a count this much older than the release of
 * an order may still start it. A gateway without NTP drifts seconds, not minutes, before it is noticed.
 */
const clockSkewMsMax = 5_000;

function runningAt(floor: ShopFloor, workUnitId: string, at: number): Assignment | undefined {
  const history = floor.assignments.get(workUnitId) ?? [];
  return history.find(({ from, to }) => from < at && (to === null || at <= to));
}

function isRunning(floor: ShopFloor, assignment: Assignment): boolean {
  const found = operationOf(floor, assignment);
  return found !== null && isOpen(found.order, found.operation);
}

/** The order released first whose next operation, other than `current`, may start on this work unit. */
function nextOperation(
  floor: ShopFloor,
  count: Count,
  current?: Assignment,
): { floorOrder: FloorOrder; operation: Operation } | null {
  const candidates = [...floor.orders.values()].flatMap((floorOrder) =>
    floorOrder.order.operations
      .filter((operation) => !isOf(current, floorOrder, operation))
      .filter((operation) => mayStart(floorOrder, operation, count))
      .map((operation) => ({ floorOrder, operation })),
  );
  candidates.sort(
    (a, b) =>
      a.floorOrder.releasedAt - b.floorOrder.releasedAt ||
      a.floorOrder.order.number.localeCompare(b.floorOrder.order.number),
  );
  return candidates[0] ?? null;
}

function isOf(assignment: Assignment | undefined, { order }: FloorOrder, { step }: Operation) {
  return assignment?.workOrderId === order.workOrderId && assignment.step === step;
}

/** An operation that a person started runs without a machine: the first machine that counts takes it. */
function mayStart(floorOrder: FloorOrder, operation: Operation, count: Count): boolean {
  return (
    operation.workCenterId === count.workCenterId &&
    (operation.state !== "running" || operation.workUnitId === null) &&
    isOpen(floorOrder.order, operation) &&
    (operation.workUnitId === null || operation.workUnitId === count.workUnitId) &&
    count.to > floorOrder.releasedAt - clockSkewMsMax
  );
}

/** Ends what ran before and opens the interval of the next operation, back to where its pieces began. */
function start(
  floor: ShopFloor,
  next: { floorOrder: FloorOrder; operation: Operation },
  { count, since, last }: { count: Count; since: number; last: Assignment | undefined },
): Assignment {
  const from = Math.min(since, count.to - 1);
  if (last !== undefined) last.to = Math.max(from, last.from);
  const assignment: Assignment = {
    assignmentId: floor.newId(),
    workUnitId: count.workUnitId,
    workOrderId: next.floorOrder.order.workOrderId,
    step: next.operation.step,
    from,
    to: null,
    lastCountAt: count.to,
  };
  const history = floor.assignments.get(count.workUnitId) ?? [];
  floor.assignments.set(count.workUnitId, [...history, assignment]);
  return assignment;
}

function credit(floor: ShopFloor, assignment: Assignment, count: Count): Destination {
  const refused = refusedBy(floor, assignment);
  if (refused !== null) return refused;
  const { workOrderId, step } = assignment;
  const at = floor.toInstant(count.to);
  const isCompleted = floor.orders.get(workOrderId)?.order.state === "completed";
  apply(
    floor,
    workOrderId,
    isCompleted
      ? { kind: "correct", step, reason: "counted after completion", at, ...count.pieces }
      : { kind: "report", step, workUnitId: count.workUnitId, at, ...count.pieces },
  );
  assignment.lastCountAt = Math.max(assignment.lastCountAt, count.to);
  return toOperation(assignment);
}

/** Closed and cancelled orders take nothing any more: a person decides. */
function refusedBy(floor: ShopFloor, assignment: Assignment): Destination | null {
  const state = floor.orders.get(assignment.workOrderId)?.order.state;
  return state === "closed" || state === "cancelled"
    ? { kind: "unassigned", reason: "order_closed" }
    : null;
}

function toOperation({ workOrderId, step }: Assignment): Destination {
  return { kind: "operation", workOrderId, step };
}

function operationOf(floor: ShopFloor, { workOrderId, step }: Assignment) {
  const order = floor.orders.get(workOrderId)?.order;
  const operation = order?.operations.find((candidate) => candidate.step === step);
  return order === undefined || operation === undefined ? null : { order, operation };
}

function apply(floor: ShopFloor, workOrderId: string, command: Command): void {
  const floorOrder = floor.orders.get(workOrderId);
  if (floorOrder === undefined)
    throw new Error(`order ${workOrderId} of an assignment is not loaded`);
  const { state, events } = decide(floorOrder.order, command);
  floorOrder.order = state;
  floorOrder.events.push(...events);
}
