import type { Actor } from "@millwright/contracts/events";

import type { Subscription } from "../../platform/events/subscription.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import type { Inventory } from "../inventory/index.ts";
import { assignCounts } from "./assign-counts.ts";
import { orderOfStream } from "./store/work-orders.ts";
import { readNumbers } from "./work-order-queries.ts";
import { recordStates } from "./record-states.ts";

/** The machine is what moves the order; which one stands in the payload (workUnitId). */
const machines: Actor = { kind: "machine", id: "telemetry" };

/**
 * Machine events drive work orders and machine time. One subscription for all five types, so that a
 * batch costs one commit; counts and states do not depend on each other.
 */
export function machineEvents(deps: { platform: Platform; equipment: Equipment }): Subscription {
  return {
    name: "production.machine-events",
    keys: [
      "machine.count_observed@1",
      "machine.count_redistributed@1",
      "machine.state_observed@1",
      "machine.state_backfilled@1",
      "machine.reason_observed@1",
    ],
    handle: async (tx, events) => {
      const { platform, equipment } = deps;
      const by = { actor: machines, now: platform.clock.now() };
      await recordStates(tx, equipment, events, by);
      await assignCounts(tx, { equipment, newId: () => newId(platform) }, events, by);
    },
  };
}

/**
 * What is kept in stock for an order is free again when the order ends, whether it was kept for its
 * number or its id.
 */
export function orderEnds({
  inventory,
}: {
  inventory: Pick<Inventory, "releaseReservationsFor">;
}): Subscription {
  return {
    name: "production.order-ends",
    keys: ["work_order.cancelled@1", "work_order.closed@1"],
    handle: async (tx, events) => {
      const streams = events.map(({ stream }) => stream);
      const numbers = await readNumbers(tx, streams.map(orderOfStream));
      await inventory.releaseReservationsFor(tx, [...streams, ...numbers]);
    },
  };
}
