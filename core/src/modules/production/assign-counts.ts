import { type EventPayload, type LoggedEvent } from "@millwright/contracts/events";
import type { CountRole } from "@millwright/contracts/states";
import {
  Decimal,
  workCenterIdSchema,
  type WorkCenterId,
  type WorkUnitId,
} from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant } from "../../platform/errors.ts";
import { keyOf, payloadOf } from "../../platform/events/log.ts";
import type { CountBinding, Equipment } from "../equipment/index.ts";
import type { By } from "./change-work-order.ts";
import { add, isNone, piecesOf } from "./domain/pieces.ts";
import {
  type Assignment,
  type Booked,
  type Count,
  redistribute,
  type ShopFloor,
  spillsPerCountMax,
  takeCount,
} from "./domain/shop-floor.ts";
import { instantOf } from "./instant.ts";
import {
  bookCounts,
  type Booking,
  findStartableOrders,
  loadAssignments,
  saveAssignments,
} from "./store/shop-floor.ts";
import { loadWorkOrders, saveWorkOrders } from "./store/work-orders.ts";

type Deps = { equipment: Equipment; newId: () => string };

/**
 * Gives every counted piece to the operation that made it, or to `unassigned_count`: sent = stored =
 * assigned + unassigned. `events` are count events of one tenant in log order; each is applied once,
 * because the caller moves its cursor in the same transaction.
 */
export async function assignCounts(
  tx: Transaction,
  deps: Deps,
  events: readonly LoggedEvent[],
  by: By,
): Promise<void> {
  const movements = events.flatMap(readMovements);
  if (movements.length === 0) return;
  const work = toWork(movements, await readMachines(tx, deps.equipment, movements));
  const counts = work.flatMap((item) => item.counts);
  const floor = await loadFloor(tx, deps, counts);
  const before = structuredClone([...floor.assignments.values()].flat());

  const booked = work.flatMap((item) =>
    item.kind === "observed" ? observe(floor, item.counts) : redistribute(floor, item.counts),
  );

  // Orders first, then assignments: everybody takes these locks in this order.
  const changes = [...floor.orders.values()].map(({ before, order, events }) => ({
    before,
    after: order,
    events,
  }));
  await saveWorkOrders(tx, changes, by);
  await saveAssignments(tx, changedAssignments(before, [...floor.assignments.values()].flat()));
  await bookCounts(tx, booked.map(toBooking));
  tx.touch(counts.map((count) => count.workCenterId));
}

/** One step of one counter, from an observation or a redistribution. */
type Movement = {
  kind: "observed" | "redistributed";
  position: string;
  workUnitId: WorkUnitId;
  role: CountRole;
  delta: Decimal;
  from: number;
  to: number;
};

function readMovements(event: LoggedEvent): Movement[] {
  switch (keyOf(event)) {
    case "machine.count_observed@1":
      return [toMovement("observed", event, payloadOf("machine.count_observed@1", event))];
    case "machine.count_redistributed@1": {
      const payload = payloadOf("machine.count_redistributed@1", event);
      return payload.entries.map((entry) =>
        toMovement("redistributed", event, { ...payload, ...entry }),
      );
    }
    default:
      return [];
  }
}

function toMovement(
  kind: Movement["kind"],
  event: LoggedEvent,
  moved: Pick<
    EventPayload<"machine.count_observed@1">,
    "workUnitId" | "role" | "delta" | "sourceFrom" | "sourceTo"
  >,
): Movement {
  return {
    kind,
    position: event.position,
    workUnitId: moved.workUnitId,
    role: moved.role,
    delta: new Decimal(moved.delta),
    from: Date.parse(moved.sourceFrom),
    to: Date.parse(moved.sourceTo),
  };
}

type Machines = { centers: Map<string, WorkCenterId>; bindings: CountBinding[] };

async function readMachines(
  tx: Transaction,
  equipment: Equipment,
  movements: readonly Movement[],
): Promise<Machines> {
  const workUnitIds = [...new Set(movements.map((movement) => movement.workUnitId))];
  const workUnits = await equipment.workUnits(tx, workUnitIds);
  return {
    centers: new Map(
      workUnits.map((unit) => [unit.workUnitId, workCenterIdSchema.parse(unit.workCenterId)]),
    ),
    bindings: await equipment.countBindings(tx, workUnitIds),
  };
}

type Work = { kind: "observed" | "redistributed"; counts: Count[] };

/**
 * Keeps log order, but sums what one work unit counted within one second: at most one progress report
 * per operation and second, and a scrap count nets with the total it belongs to.
 */
function toWork(movements: readonly Movement[], machines: Machines): Work[] {
  const work: Work[] = [];
  const seconds = new Map<string, Count>();
  for (const movement of movements) {
    const count = toCount(movement, machines);
    const last = work.at(-1);
    if (movement.kind === "redistributed") {
      seconds.clear();
      if (last?.kind === "redistributed") last.counts.push(count);
      else work.push({ kind: "redistributed", counts: [count] });
      continue;
    }
    const second = `${movement.workUnitId} ${Math.floor(movement.to / 1000)}`;
    const summed = seconds.get(second);
    if (summed !== undefined) {
      summed.pieces = add(summed.pieces, count.pieces);
      summed.from = Math.min(summed.from, count.from);
      summed.to = Math.max(summed.to, count.to);
      continue;
    }
    seconds.set(second, count);
    if (last?.kind === "observed") last.counts.push(count);
    else work.push({ kind: "observed", counts: [count] });
  }
  return work;
}

function toCount(movement: Movement, { centers, bindings }: Machines): Count {
  const workCenterId = centers.get(movement.workUnitId);
  invariant(workCenterId !== undefined, `work unit ${movement.workUnitId} of a count exists`);
  const bound = new Set<CountRole>([movement.role]);
  for (const binding of bindings) {
    const isOfTime =
      binding.workUnitId === movement.workUnitId &&
      binding.validFrom.getTime() <= movement.to &&
      (binding.validTo === null || movement.to < binding.validTo.getTime());
    if (isOfTime) bound.add(binding.role);
  }
  return {
    workUnitId: movement.workUnitId,
    workCenterId,
    pieces: piecesOf(movement.role, movement.delta, bound),
    from: movement.from,
    to: movement.to,
  };
}

/** Everything this batch can touch, in four queries. */
async function loadFloor(
  tx: Transaction,
  deps: Deps,
  counts: readonly Count[],
): Promise<ShopFloor> {
  const workUnitIds = [...new Set(counts.map((count) => count.workUnitId))];
  const since = new Date(Math.min(...counts.map((count) => count.to)));
  const assignments = await loadAssignments(tx, workUnitIds, since);
  const perCenter = Map.groupBy(counts, (count) => count.workCenterId);
  // As many as these counts can start at most.
  const startable = await findStartableOrders(
    tx,
    [...perCenter].map(([workCenterId, { length }]) => ({
      workCenterId,
      limit: length * (1 + spillsPerCountMax),
    })),
  );
  const orderIds = new Set([...assignments.map(({ workOrderId }) => workOrderId), ...startable]);
  const orders = await loadWorkOrders(tx, [...orderIds]);
  return {
    orders: new Map(
      orders.map(({ order, releasedTime }) => [
        order.workOrderId,
        { before: order, order, events: [], releasedAt: releasedTime?.getTime() ?? 0 },
      ]),
    ),
    assignments: Map.groupBy(assignments, (assignment) => assignment.workUnitId),
    newId: deps.newId,
    toInstant: instantOf,
  };
}

function observe(floor: ShopFloor, counts: readonly Count[]): Booked[] {
  return counts
    .filter((count) => !isNone(count.pieces))
    .flatMap((count) => takeCount(floor, count));
}

function changedAssignments(
  before: readonly Assignment[],
  after: readonly Assignment[],
): Assignment[] {
  const known = new Map(before.map((assignment) => [assignment.assignmentId, assignment]));
  return after.filter((assignment) => {
    const old = known.get(assignment.assignmentId);
    return old?.to !== assignment.to || old.lastCountAt !== assignment.lastCountAt;
  });
}

function toBooking({ count, destination }: Booked): Booking {
  return {
    workUnitId: count.workUnitId,
    minute: Math.floor(count.to / minuteMs) * minuteMs,
    destination,
    pieces: count.pieces,
  };
}

const minuteMs = 60_000;
