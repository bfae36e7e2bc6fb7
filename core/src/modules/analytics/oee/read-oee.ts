import type { Downtime, OeeReport, OeeRow } from "@millwright/contracts/api";
import { machineStates } from "@millwright/contracts/states";
import { iso8601Schema, toQuantity } from "@millwright/contracts/units";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Engineering, WorkingPiece } from "../../engineering/index.ts";
import type { Equipment } from "../../equipment/index.ts";
import type { IdentityModule } from "../../identity/index.ts";
import { oee, type TimeSums } from "../../production/index.ts";
import type { Cuts, WindowSums } from "../domain/machine-time.ts";
import { type ReportPlace, runReport } from "../run-report.ts";
import type { FoldedRange, RangeToFold } from "./fold-range.ts";
import { readDays, type Window, type Windows, windowsOf } from "./windows.ts";

export type OeeAsked = { from: string; to: string; by: "day" | "shift" | "machine" };

type Machine = { workUnitId: string; workUnitName: string; windows: Windows };
export type Scene = { timeZone: string; machines: Machine[]; from: number; to: number };
/** A window of a machine with what happened in it. */
type Cell = Window & Omit<Machine, "windows"> & { sums: WindowSums };

/**
 * What a report needs to know before it sums: machines and their windows, cut at the shifts of their
 * calendars as those are now.
 * @throws Refusal analytics.range_not_valid
 */
export async function readScene(
  tx: Transaction,
  deps: {
    identity: Pick<IdentityModule, "site">;
    equipment: Equipment;
    engineering: Engineering;
    now: Date;
  },
  asked: Pick<OeeAsked, "from" | "to">,
): Promise<Scene> {
  refuseBadRange(asked);
  const site = await deps.identity.site(tx);
  const days = await readDays(tx, site, asked);
  const [from, end] = [days[0]?.from ?? deps.now, days.at(-1)?.to ?? deps.now];
  const range = { from, to: end, workCenterIds: null };
  const shifts = await deps.engineering.workingTimes(tx, range);
  const centers = await deps.equipment.workCenters(tx);
  const known = new Map<readonly WorkingPiece[] | null, Windows>();
  const machines = centers.flatMap((center) => {
    const pieces = shifts.get(center.workCenterId) ?? null;
    const windows = known.get(pieces) ?? windowsOf(days, pieces);
    known.set(pieces, windows);
    return center.workUnits.map(({ workUnitId, name }) => {
      return { workUnitId, workUnitName: name, windows };
    });
  });
  const to = Math.min(end.getTime(), deps.now.getTime());
  return { timeZone: site.timeZone, machines, from: from.getTime(), to };
}

/** Sums the scene in a child process. @throws Refusal analytics.busy */
export function sumScene(scene: Scene, where: ReportPlace): Promise<FoldedRange> {
  const input: RangeToFold = rangeOf(scene, where);
  return runReport(new URL("./fold-range.ts", import.meta.url), input, where);
}

/** What a child process sums of a scene. */
export function rangeOf(scene: Scene, { databaseUrl, tenantId, folder }: ReportPlace): RangeToFold {
  const { from, to } = scene;
  const cuts = new Map(
    scene.machines.map(({ workUnitId, windows }) => [workUnitId, cutsOf(windows)]),
  );
  return { databaseUrl, tenantId, folder, from, to, cuts };
}

function cutsOf({ bounds, windows }: Windows): Cuts {
  return { bounds, isPlanned: windows.map(({ isPlanned }) => isPlanned) };
}

/** Rows, total, trend and downtimes out of the sums. Pure. */
export function composeReport(
  scene: Scene,
  { sums, archivedDays }: FoldedRange,
  options: { by: OeeAsked["by"]; noDataRangePercent: number; asOf: Date },
): OeeReport {
  const cells = scene.machines.flatMap(({ workUnitId, workUnitName, windows }): Cell[] =>
    (sums.get(workUnitId) ?? []).flatMap((one, index) => {
      const window = windows.windows[index];
      return window === undefined || !hasTime(one)
        ? []
        : [{ ...window, workUnitId, workUnitName, sums: one }];
    }),
  );
  const rowOf = (of: readonly Cell[], shown: Partial<OeeRow>) =>
    toRow(of, shown, options.noDataRangePercent);
  const trend = [...Map.groupBy(cells, ({ day }) => day)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([day, of]) => rowOf(of, { day }));
  return {
    timeZone: scene.timeZone,
    by: options.by,
    asOf: iso8601Schema.parse(options.asOf.toISOString()),
    archivedDays,
    rows:
      options.by === "day"
        ? trend
        : options.by === "shift"
          ? byShift(cells, rowOf)
          : byMachine(cells, rowOf),
    total: rowOf(cells, {}),
    trend,
    downtimes: downtimesOf(cells),
  };
}

type RowOf = (of: readonly Cell[], shown: Partial<OeeRow>) => OeeRow;

function byShift(cells: readonly Cell[], rowOf: RowOf): OeeRow[] {
  const shifts = Map.groupBy(cells, ({ day, shift, isPlanned }) =>
    JSON.stringify([day, shift, isPlanned]),
  );
  return [...shifts.values()]
    .flatMap((of) => (of[0] === undefined ? [] : [{ of, ...of[0] }]))
    .sort((a, b) => a.day.localeCompare(b.day) || placeOf(a).localeCompare(placeOf(b)))
    .map(({ of, day, shift, isPlanned }) => rowOf(of, { day, shift, isOutsideShifts: !isPlanned }));
}

/** Shifts by name, then machines without a calendar, then what lies outside of shifts. */
function placeOf({ shift, isPlanned }: Window): string {
  return shift ?? (isPlanned ? "\uFFFE" : "\uFFFF");
}

function byMachine(cells: readonly Cell[], rowOf: RowOf): OeeRow[] {
  return [...Map.groupBy(cells, ({ workUnitId }) => workUnitId)].map(([workUnitId, of]) =>
    rowOf(of, { workUnitId, workUnitName: of[0]?.workUnitName ?? null }),
  );
}

function downtimesOf(cells: readonly Cell[]): Downtime[] {
  return [...Map.groupBy(cells, ({ workUnitId }) => workUnitId)]
    .map(([workUnitId, of]) => ({
      workUnitId,
      workUnitName: of[0]?.workUnitName ?? "",
      downMs: total(of.filter(isInPlan), ({ stateMs }) => stateMs.down ?? 0),
      stops: total(of, ({ stops }) => stops),
    }))
    .filter(({ downMs }) => downMs > 0)
    .sort((a, b) => b.downMs - a.downMs);
}

function toRow(of: readonly Cell[], shown: Partial<OeeRow>, noDataRangePercent: number): OeeRow {
  const all = timeOf(of);
  return {
    day: null,
    shift: null,
    isOutsideShifts: false,
    workUnitId: null,
    workUnitName: null,
    ...shown,
    good: toQuantity(all.good),
    scrap: toQuantity(all.scrap),
    oee: oee({
      planned: timeOf(of.filter(isInPlan)),
      unplanned: timeOf(of.filter((cell) => !isInPlan(cell))),
      noDataShareMax: noDataRangePercent / 100,
    }),
  };
}

function isInPlan({ isPlanned }: Window): boolean {
  return isPlanned;
}

function timeOf(of: readonly Cell[]): TimeSums {
  return {
    stateMs: stateMsOf(of),
    // Whole millionths are summed, so that decimals stay exact.
    good: total(of, ({ goodMillionths }) => goodMillionths) / 1e6,
    scrap: total(of, ({ scrapMillionths }) => scrapMillionths) / 1e6,
    plannedPieces: total(of, ({ plannedPieces }) => plannedPieces),
    plannedMs: total(of, ({ plannedMs }) => plannedMs),
  };
}

function stateMsOf(of: readonly Cell[]): TimeSums["stateMs"] {
  const sums: TimeSums["stateMs"] = {};
  for (const cell of of) {
    for (const state of machineStates) {
      const ms = cell.sums.stateMs[state];
      if (ms !== undefined) sums[state] = (sums[state] ?? 0) + ms;
    }
  }
  return sums;
}

function total(of: readonly Cell[], value: (sums: WindowSums) => number): number {
  return of.reduce((sum, { sums }) => sum + value(sums), 0);
}

function hasTime(sums: WindowSums): boolean {
  return Object.keys(sums.stateMs).length > 0 || sums.goodMillionths !== 0;
}

function refuseBadRange({ from, to }: Pick<OeeAsked, "from" | "to">): void {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  if (days >= 1 && days <= daysMax) return;
  throw new Refusal(
    "analytics.range_not_valid",
    `Ask for a first day that is not after the last, and at most ${daysMax} days.`,
    { kind: "invalid" },
  );
}

const daysMax = 366;
