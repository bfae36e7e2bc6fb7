import type { Tile } from "@millwright/contracts/api";
import { Decimal, quantitySchema, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { Equipment, Reading, WorkCenter } from "../equipment/index.ts";
import type { Engineering, WorkingPiece } from "../engineering/index.ts";
import type { ProductionDay } from "../identity/index.ts";
import { noTime, oee } from "./domain/oee.ts";
import { stateIntervals, sumByState } from "./domain/state-intervals.ts";
import { instantOf } from "./instant.ts";
import { readStateHistory, type StateHistory } from "./machine-states.ts";

/**
 * One tile per work center, in the order of the plant screen; `workCenterIds` null means all. "Today"
 * is `day`, the production day that contains `now`.
 */
export async function readTiles(
  tx: Transaction,
  { equipment, engineering }: { equipment: Equipment; engineering: Engineering },
  options: {
    workCenterIds: readonly string[] | null;
    day: ProductionDay;
    now: Date;
    /** Setting oee.no_data_range_percent. */
    noDataRangePercent: number;
  },
): Promise<Tile[]> {
  const { workCenterIds, ...shown } = options;
  const { day, now } = shown;
  const all = await equipment.workCenters(tx);
  const centers = all.filter(({ workCenterId }) => workCenterIds?.includes(workCenterId) ?? true);
  const workUnitIds = centers.flatMap(({ workUnits }) => workUnits.map((unit) => unit.workUnitId));
  const shifts = await engineering.workingTimes(tx, { ...day, workCenterIds });
  const facts: Facts = {
    shifts,
    current: await readCurrentOperations(tx, centers),
    counts: await readTodaysCounts(tx, centers, { shifts, day }),
    states: await readStateHistory(tx, workUnitIds, { from: day.from, to: now }),
    dataTimes: await equipment.dataTimes(tx, workUnitIds),
    gauges: await equipment.readings(tx, workUnitIds, ["level", "weight"]),
  };
  return centers.map((center) => toTile(center, facts, shown));
}

type Shown = { day: ProductionDay; now: Date; noDataRangePercent: number };

type Facts = {
  shifts: ReadonlyMap<string, readonly WorkingPiece[]>;
  current: Map<string, CurrentRow>;
  counts: Map<string, CountRow[]>;
  states: Map<string, StateHistory>;
  dataTimes: Map<string, Date>;
  gauges: readonly Reading[];
};

function toTile(center: WorkCenter, facts: Facts, shown: Shown): Tile {
  // The first contract has one machine per work center; a center with more shows its first.
  const workUnitId = center.workUnits[0]?.workUnitId ?? null;
  const counts = facts.counts.get(workUnitId ?? "") ?? [];
  const shifts = facts.shifts.get(center.workCenterId) ?? null;
  const history = facts.states.get(workUnitId ?? "");
  const current = facts.current.get(center.workCenterId);
  return {
    workCenterId: center.workCenterId,
    workCenterName: center.name,
    areaName: center.areaName,
    workUnitId,
    state: history?.now ?? "no_data",
    stateSince: history?.since === undefined ? null : instantOf(history.since),
    current: current === undefined ? null : toCurrent(current),
    todayGood: toQuantity(sumOf(counts, "good")),
    todayScrap: toQuantity(sumOf(counts, "scrap")),
    oee: workUnitId === null ? null : oeeOf({ history, counts, shifts }, shown),
    dataTime: facts.dataTimes.get(workUnitId ?? "")?.toISOString() ?? null,
    gauges: facts.gauges.filter((reading) => reading.workUnitId === workUnitId).flatMap(toGauge),
  };
}

function oeeOf(
  machine: {
    history: StateHistory | undefined;
    counts: readonly CountRow[];
    shifts: readonly WorkingPiece[] | null;
  },
  { day, now, noDataRangePercent }: Shown,
) {
  const window = { from: day.from.getTime(), to: now.getTime() };
  const spans = machine.shifts?.map(({ from, to }) => ({ from: from.getTime(), to: to.getTime() }));
  const time = sumByState(stateIntervals(machine.history?.points ?? [], window), spans ?? null);
  return oee({
    planned: { ...piecesOf(machine.counts, true), stateMs: time.inside },
    unplanned: { ...piecesOf(machine.counts, false), stateMs: time.outside },
    noDataShareMax: noDataRangePercent / 100,
  });
}

function piecesOf(counts: readonly CountRow[], isPlanned: boolean) {
  const row = counts.find((one) => one.is_planned === isPlanned);
  if (row === undefined) return noTime;
  return {
    good: Number(row.good),
    scrap: Number(row.scrap),
    plannedPieces: Number(row.planned_pieces),
    plannedMs: row.planned_ms,
  };
}

function sumOf(counts: readonly CountRow[], of: "good" | "scrap"): Decimal {
  return Decimal.sum(0, ...counts.map((row) => row[of]));
}

function toGauge(reading: Reading): Tile["gauges"] {
  if (reading.role !== "level" && reading.role !== "weight") return [];
  return [
    {
      metricId: reading.metricId,
      name: reading.name,
      role: reading.role,
      // A bad reading is not a level; the screen says no data.
      value: typeof reading.value === "number" && reading.quality !== "bad" ? reading.value : null,
      unit: reading.unit,
      sourceTime: reading.sourceTime,
    },
  ];
}

type CountRow = {
  work_unit_id: string;
  /** In planned operation time. */
  is_planned: boolean;
  good: string;
  scrap: string;
  planned_pieces: string;
  planned_ms: number;
};

/** Pieces of the day by machine, in planned operation time and outside of it. */
async function readTodaysCounts(
  tx: Transaction,
  centers: readonly WorkCenter[],
  { shifts, day }: { shifts: Facts["shifts"]; day: ProductionDay },
): Promise<Map<string, CountRow[]>> {
  const wanted = centers.flatMap(({ workCenterId, workUnits }) => {
    const planned = multirangeOf(shifts.get(workCenterId) ?? null);
    return workUnits.map(({ workUnitId }) => ({ workUnitId, planned }));
  });
  const { rows } = await sql<CountRow>`
    select c.work_unit_id, c.minute <@ wanted.planned::tstzmultirange as is_planned,
           sum(c.good) as good, sum(c.scrap) as scrap,
           coalesce(sum(c.good + c.scrap) filter (where op.step is not null), 0) as planned_pieces,
           coalesce(sum((c.good + c.scrap)::double precision * op.run_ms_per_unit), 0) as planned_ms
      from unnest(${wanted.map(({ workUnitId }) => workUnitId)}::uuid[],
                  ${wanted.map(({ planned }) => planned)}::text[]) as wanted (work_unit_id, planned)
      join production.count_minute c using (work_unit_id)
      left join production.work_order_operation op using (work_order_id, step)
     where c.tenant_id = ${tx.tenantId}
       and c.minute >= ${day.from}
       and c.minute < ${day.to}
     group by c.work_unit_id, is_planned`.execute(tx.over());
  return Map.groupBy(rows, (row) => row.work_unit_id);
}

/** As PostgreSQL reads it; null: all time. */
function multirangeOf(shifts: readonly WorkingPiece[] | null): string {
  if (shifts === null) return "{(,)}";
  return `{${shifts.map(({ from, to }) => `[${from.toISOString()},${to.toISOString()})`).join()}}`;
}

type CurrentRow = {
  work_center_id: string;
  work_order_id: string;
  number: string;
  step: number;
  name: string;
  item_number: string;
  item_name: string;
  uom: string;
  quantity: string;
  good: string;
  scrap: string;
};

/** What each work center is at: the operation that runs, is paused, or may start next. */
async function readCurrentOperations(
  tx: Transaction,
  centers: readonly WorkCenter[],
): Promise<Map<string, CurrentRow>> {
  const ids = centers.map(({ workCenterId }) => workCenterId);
  const { rows } = await sql<CurrentRow>`
    select distinct on (op.work_center_id)
           op.work_center_id, o.work_order_id, o.number, op.step, op.name, o.item_number, o.item_name,
           o.uom, o.quantity, op.good, op.scrap
      from production.work_order_operation op
      join production.work_order o using (work_order_id)
     where op.tenant_id = ${tx.tenantId}
       and op.work_center_id = any (${ids}::uuid[])
       and op.state in ('ready', 'running', 'paused')
       and o.state in ('released', 'in_progress', 'on_hold')
     order by op.work_center_id,
              case op.state when 'running' then 0 when 'paused' then 1 else 2 end,
              o.state = 'on_hold', o.released_time, o.number`.execute(tx.over());
  return new Map(rows.map((row) => [row.work_center_id, row]));
}

function toCurrent(row: CurrentRow): NonNullable<Tile["current"]> {
  return {
    workOrderId: row.work_order_id,
    workOrderNumber: row.number,
    step: row.step,
    operationName: row.name,
    itemNumber: row.item_number,
    itemName: row.item_name,
    uom: row.uom,
    quantity: quantitySchema.parse(row.quantity),
    good: quantitySchema.parse(row.good),
    scrap: quantitySchema.parse(row.scrap),
  };
}
