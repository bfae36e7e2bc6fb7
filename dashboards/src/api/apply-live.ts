import type { LiveMessage, Machine, Plant, WorkOrderSummary } from "@millwright/contracts/api";
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";

import { keys, type Page } from "./queries.ts";
import { noteTile, withTile, withValues } from "./tiles.ts";

/** Brings what the screens have read up to a live message; what it cannot tell is read again. */
export function createLiveApplier(client: QueryClient): (message: LiveMessage) => void {
  const soon = createRefetcher(client);
  return (message) => {
    switch (message.kind) {
      case "resync":
        void client.invalidateQueries();
        return;
      case "tile": {
        noteTile(message.tile);
        client.setQueryData<Plant>(keys.plant, (plant) => plant && withTile(plant, message.tile));
        const { workUnitId } = message.tile;
        if (workUnitId === null) return;
        const key = keys.machine(workUnitId);
        const stateBefore = client.getQueryData<Machine>(key)?.tile.state;
        client.setQueryData<Machine>(
          key,
          (machine) => machine && { ...machine, tile: message.tile },
        );
        soon(keys.machineEvents(workUnitId));
        if (stateBefore !== message.tile.state) soon(keys.states(workUnitId));
        // While it is down somebody may say why; counts of one that runs change no stop.
        if (stateBefore !== message.tile.state || message.tile.state === "down") {
          soon(keys.stops(workUnitId));
        }
        return;
      }
      case "values":
        client.setQueryData<Plant>(keys.plant, (plant) => plant && withPlantValues(plant, message));
        client.setQueryData<Machine>(
          keys.machine(message.workUnitId),
          (machine) => machine && withMachineValues(machine, message),
        );
        return;
      case "work_order":
        applyWorkOrder(client, message.workOrder, soon);
        return;
    }
  };
}

type Values = Extract<LiveMessage, { kind: "values" }>;

function withPlantValues(plant: Plant, message: Values): Plant {
  const tiles = plant.tiles.map((tile) =>
    tile.workUnitId === message.workUnitId ? withValues(tile, message.values) : tile,
  );
  return { ...plant, tiles };
}

function withMachineValues(machine: Machine, message: Values): Machine {
  const metrics = machine.metrics.map((metric) => {
    const reading = message.values.findLast((value) => value.metricId === metric.metricId);
    if (reading === undefined) return metric;
    const { value, quality, time } = reading;
    return { ...metric, value, quality, sourceTime: new Date(time).toISOString() };
  });
  return { ...machine, metrics, tile: withValues(machine.tile, message.values) };
}

function applyWorkOrder(client: QueryClient, order: WorkOrderSummary, soon: Refetch): void {
  const lists = client.getQueriesData<InfiniteData<Page<WorkOrderSummary>>>({
    queryKey: [...keys.workOrders, "list"],
  });
  let isListed = false;
  for (const [key, list] of lists) {
    const old = list?.pages.flatMap((page) => page.rows).find(isSame(order));
    if (list === undefined || old === undefined) continue;
    isListed ||= old.state === order.state;
    // A retried read may be newer than a message that was on its way.
    if (old.version > order.version) continue;
    const pages = list.pages.map((page) => ({
      ...page,
      rows: page.rows.map((row) => (isSame(order)(row) ? order : row)),
    }));
    client.setQueryData(key, { ...list, pages });
  }
  // New in a list, or no longer of the state it filters by: only the server knows its place.
  if (!isListed) soon(keys.workOrders);
  soon(keys.workOrder(order.workOrderId));
  soon(keys.workOrderEvents(order.workOrderId));
}

function isSame(order: WorkOrderSummary): (row: WorkOrderSummary) => boolean {
  return (row) => row.workOrderId === order.workOrderId;
}

type Refetch = (key: QueryKey) => void;

/** Refetches what is on screen at once, and again at most once per `pauseMs` however much is told. */
function createRefetcher(client: QueryClient): Refetch {
  const waiting = new Map<string, { isAsked: boolean }>();
  const refetch = (key: QueryKey) => {
    const name = JSON.stringify(key);
    const pause = waiting.get(name);
    if (pause !== undefined) {
      pause.isAsked = true;
      return;
    }
    const begun = { isAsked: false };
    waiting.set(name, begun);
    void client.invalidateQueries({ queryKey: key });
    setTimeout(() => {
      waiting.delete(name);
      if (begun.isAsked) refetch(key);
    }, pauseMs);
  };
  return refetch;
}

/** A person reads no faster, and a busy plant sends four messages a second per machine. */
const pauseMs = 1_000;
