import type { EventKey, EventPayload, EventToEmit } from "@millwright/contracts/events";
import { countRoleSchema, type MachineState } from "@millwright/contracts/states";
import { type Decimal, toQuantity } from "@millwright/contracts/units";

import type { Binding } from "../session/cell.ts";
import type { Redistribution, Travel } from "./counter.ts";
import type { Backfill } from "./machine-state.ts";

/** Most entries one event carries (its contract); longer replays become several events. */
const entriesMax = 1000;

/** `machine.count_observed` for the travel of a bound counter. */
export function countObserved(binding: Binding, travel: Travel): EventToEmit {
  return machineEvent(binding, "machine.count_observed@1", {
    ...countedBy(binding),
    from: toQuantity(travel.from.value),
    to: toQuantity(travel.to.value),
    delta: toQuantity(travel.delta),
    reset: travel.reset,
    sourceFrom: iso(travel.from.time),
    sourceTo: iso(travel.to.time),
  });
}

export function countRedistributed(
  binding: Binding,
  { entries }: Redistribution,
  sumOf: (entries: Redistribution["entries"]) => Decimal,
): EventToEmit[] {
  const events: EventToEmit[] = [];
  for (let first = 0; first < entries.length; first += entriesMax) {
    const slice = entries.slice(first, first + entriesMax);
    events.push(
      machineEvent(binding, "machine.count_redistributed@1", {
        ...countedBy(binding),
        entries: slice.map(({ sourceFrom, sourceTo, delta }) => ({
          sourceFrom: iso(sourceFrom),
          sourceTo: iso(sourceTo),
          delta: toQuantity(delta),
        })),
        sum: toQuantity(sumOf(slice)),
      }),
    );
  }
  return events;
}

export function stateObserved(
  binding: Binding,
  change: { state: MachineState; time: number; cause: Cause },
): EventToEmit {
  return machineEvent(binding, "machine.state_observed@1", {
    workUnitId: workUnitId(binding),
    state: change.state,
    sourceTime: iso(change.time),
    cause: change.cause,
  });
}
export type Cause = EventPayload<"machine.state_observed@1">["cause"];

export function stateBackfilled(binding: Binding, backfill: Backfill): EventToEmit {
  return machineEvent(binding, "machine.state_backfilled@1", {
    workUnitId: workUnitId(binding),
    from: iso(backfill.from),
    to: iso(backfill.to),
    points: backfill.points.map(({ state, time }) => ({ state, sourceTime: iso(time) })),
  });
}

export function reasonObserved(
  binding: Binding,
  { code, time }: { code: string; time: number },
): EventToEmit {
  return machineEvent(binding, "machine.reason_observed@1", {
    workUnitId: workUnitId(binding),
    code,
    sourceTime: iso(time),
  });
}

function countedBy(binding: Binding) {
  return {
    // Both come from the database as uuids; the contract's schemas are checked by our tests.
    bindingId: binding.bindingId as EventPayload<"machine.count_observed@1">["bindingId"],
    workUnitId: workUnitId(binding),
    role: countRoleSchema.parse(binding.role),
  };
}

function workUnitId(binding: Binding) {
  return binding.workUnitId as EventPayload<"machine.count_observed@1">["workUnitId"];
}

function machineEvent<K extends EventKey>(
  binding: Binding,
  key: K,
  payload: EventPayload<K>,
): EventToEmit {
  const [type = key, version = "1"] = key.split("@");
  return {
    tenantId: binding.tenantId,
    stream: `work_unit:${binding.workUnitId}`,
    streamVersion: null,
    type,
    typeVersion: Number(version),
    payload,
    actor: {
      kind: "machine",
      id: `${binding.groupId}/${binding.edgeNodeId}/${binding.deviceId}`,
    },
    trace: null,
  };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
