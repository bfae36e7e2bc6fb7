import type { Machine, Plant, Trend } from "@millwright/contracts/api";
import { bindingRoles } from "@millwright/contracts/states";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Equipment, WorkUnit } from "../equipment/index.ts";
import type { Engineering } from "../engineering/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import { type StateInterval, stateIntervals } from "./domain/state-intervals.ts";
import { readStateHistory } from "./machine-states.ts";
import { readTiles } from "./tiles.ts";

type Deps = { equipment: Equipment; identity: IdentityModule; now: Date };
/** With the setting oee.no_data_range_percent of the tenant. */
type TileDeps = Deps & { engineering: Engineering; noDataRangePercent: number };

/** The plant now: one tile per work center. */
export async function readPlant(tx: Transaction, deps: TileDeps): Promise<Plant> {
  const site = await deps.identity.site(tx);
  const day = await deps.identity.productionDay(tx);
  const { now, noDataRangePercent } = deps;
  const options = { workCenterIds: null, day, now, noDataRangePercent };
  const tiles = await readTiles(tx, deps, options);
  return {
    siteName: site.name,
    timeZone: site.timeZone,
    productionDay: { from: day.from.toISOString(), to: day.to.toISOString() },
    asOf: deps.now.toISOString(),
    tiles,
  };
}

/** One machine now, with every bound metric. @throws Refusal work_unit.unknown */
export async function readMachine(
  tx: Transaction,
  deps: TileDeps,
  workUnitId: string,
): Promise<Machine> {
  const workUnit = await findWorkUnit(tx, deps.equipment, workUnitId);
  const day = await deps.identity.productionDay(tx);
  const workCenterIds = [workUnit.workCenterId];
  const { now, noDataRangePercent } = deps;
  const options = { workCenterIds, day, now, noDataRangePercent };
  const [tile] = await readTiles(tx, deps, options);
  if (tile === undefined) throw unknownWorkUnit(workUnitId);
  const metrics = await deps.equipment.readings(tx, [workUnitId], bindingRoles);
  return { workUnitId, name: workUnit.name, tile, metrics };
}

/** Gapless states over the window, at most `windowMsMax` of it and not beyond `now`. */
export async function readMachineStates(
  tx: Transaction,
  deps: Deps,
  asked: { workUnitId: string; from: string; to: string },
): Promise<StateInterval[]> {
  const window = readWindow(asked);
  await findWorkUnit(tx, deps.equipment, asked.workUnitId);
  const to = new Date(Math.min(window.to.getTime(), deps.now.getTime()));
  const history = await readStateHistory(tx, [asked.workUnitId], { from: window.from, to });
  const points = history.get(asked.workUnitId)?.points ?? [];
  return stateIntervals(points, { from: window.from.getTime(), to: to.getTime() });
}

/** Trends of up to `seriesMax` metrics; time in which the machine was silent is a hole. */
export async function readMachineTrends(
  tx: Transaction,
  deps: Deps,
  asked: { workUnitId: string; from: string; to: string; metrics: string; points: number },
): Promise<Trend[]> {
  const metricIds = asked.metrics.split(",").filter((id) => id !== "");
  if (metricIds.length > seriesMax || !metricIds.every((id) => /^\d{1,18}$/.test(id))) {
    throw new Refusal("trends.metrics_not_valid", `Ask for at most ${seriesMax} metric ids.`, {
      kind: "invalid",
    });
  }
  const states = await readMachineStates(tx, deps, asked);
  const window = readWindow(asked);
  const to = new Date(Math.min(window.to.getTime(), deps.now.getTime()));
  const silences = states
    .filter(({ state }) => state === "no_data")
    .map((silence) => ({ from: new Date(silence.from), to: new Date(silence.to) }));
  return deps.equipment.trends(tx, metricIds, {
    from: window.from,
    to,
    points: asked.points,
    silences: hasState(states) ? silences : [],
  });
}

/** @throws Refusal work_unit.unknown */
export async function findWorkUnit(
  tx: Transaction,
  equipment: Equipment,
  workUnitId: string,
): Promise<WorkUnit> {
  const [workUnit] = await equipment.workUnits(tx, [workUnitId]);
  if (workUnit === undefined) throw unknownWorkUnit(workUnitId);
  return workUnit;
}

/** A machine without a state metric is no_data throughout; that says nothing about its readings. */
function hasState(states: readonly StateInterval[]): boolean {
  return states.some(({ state }) => state !== "no_data");
}

const seriesMax = 8;
// A year of states of one machine is what one screen can ask for.
const windowDaysMax = 366;

/** @throws Refusal request.window_not_valid */
export function readWindow(
  asked: { from: string; to: string },
  daysMax = windowDaysMax,
): { from: Date; to: Date } {
  const window = { from: new Date(asked.from), to: new Date(asked.to) };
  const lengthMs = window.to.getTime() - window.from.getTime();
  if (lengthMs > 0 && lengthMs <= daysMax * 86_400_000) return window;
  throw new Refusal(
    "request.window_not_valid",
    `from must lie before to, at most ${daysMax} days.`,
    { kind: "invalid" },
  );
}

function unknownWorkUnit(workUnitId: string): Refusal {
  return new Refusal("work_unit.unknown", `There is no work unit ${workUnitId}.`, {
    kind: "absent",
  });
}
