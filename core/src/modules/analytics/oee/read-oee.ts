import type { Downtime, OeeReport, OeeRow } from "@millwright/contracts/api";
import type { MachineState } from "@millwright/contracts/states";
import { iso8601Schema, toQuantity } from "@millwright/contracts/units";

import { ArchiveFolder } from "../../../platform/archive-folder.ts";
import { runInChild } from "../../../platform/child/run-in-child.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Equipment } from "../../equipment/index.ts";
import type { IdentityModule } from "../../identity/index.ts";
import { oee } from "../../production/index.ts";
import type { WindowSums } from "../domain/machine-time.ts";
import { loadArchivedDays } from "../store/archive-files.ts";
import type { RangeToFold } from "./fold-range.ts";
import { readDays, readShifts, type Window, type Windows, windowsOf } from "./windows.ts";

export type OeeAsked = { from: string; to: string; by: "day" | "shift" | "machine" };

type Machine = { workUnitId: string; workUnitName: string; windows: Windows };
type Scene = { timeZone: string; machines: Machine[]; files: string[]; from: number; to: number };
/** A window of a machine with what happened in it. */
type Cell = Window & Omit<Machine, "windows"> & { sums: WindowSums };

/**
 * What a report needs to know before it sums: machines, their windows, and which days are archived.
 * @throws Refusal analytics.range_not_valid
 */
export async function readScene(
  tx: Transaction,
  deps: { identity: Pick<IdentityModule, "site">; equipment: Equipment; now: Date },
  asked: OeeAsked,
): Promise<Scene> {
  refuseBadRange(asked);
  const site = await deps.identity.site(tx);
  const days = await readDays(tx, site, asked);
  const shifts = await readShifts(tx, asked);
  const centers = await deps.equipment.workCenters(tx);
  const byCalendar = new Map<string | undefined, Windows>();
  const machines = centers.flatMap((center) => {
    const calendar = shifts.calendarOf.get(center.workCenterId);
    const windows =
      byCalendar.get(calendar) ?? windowsOf(days, shifts.pieces.get(calendar ?? "") ?? []);
    byCalendar.set(calendar, windows);
    return center.workUnits.map(({ workUnitId, name }) => {
      return { workUnitId, workUnitName: name, windows };
    });
  });
  const from = days[0]?.from.getTime() ?? 0;
  const to = Math.min(days.at(-1)?.to.getTime() ?? 0, deps.now.getTime());
  const archived = await loadArchivedDays(tx, { dataset: "machine_time", isDropped: true });
  return { timeZone: site.timeZone, machines, files: filesOf(archived, { from, to }), from, to };
}

/** Files of the days that touch the range, and the last one before it: it says in what it begins. */
function filesOf(
  archived: readonly { day: string; file: string }[],
  range: { from: number; to: number },
): string[] {
  const dayMs = 86_400_000;
  const starts = archived.map(({ day, file }) => ({ at: Date.parse(day), file }));
  const before = starts.findLast(({ at }) => at + dayMs <= range.from);
  const within = starts.filter(({ at }) => at + dayMs > range.from && at < range.to);
  return [...(before === undefined ? [] : [before]), ...within].map(({ file }) => file);
}

/** Sums the scene in a child process, at most `reportsMax` at a time. @throws Refusal analytics.busy */
export async function sumScene(
  scene: Scene,
  options: {
    databaseUrl: string;
    tenantId: string;
    folder: string | null;
    signal: AbortSignal;
  },
): Promise<Map<string, WindowSums[]>> {
  if (running >= reportsMax) {
    throw new Refusal("analytics.busy", "Other reports are being made: try again in a moment.", {
      kind: "too_many",
      retryAfterS: 2,
    });
  }
  const { databaseUrl, tenantId, signal } = options;
  const input: RangeToFold = {
    databaseUrl,
    tenantId,
    from: scene.from,
    to: scene.to,
    bounds: new Map(scene.machines.map(({ workUnitId, windows }) => [workUnitId, windows.bounds])),
    files: pathsOf(scene.files, options.folder),
  };
  running += 1;
  try {
    const module = new URL("./fold-range.ts", import.meta.url);
    return await runInChild(module, input, { signal, timeoutMs: 30_000, heapMb: 256 });
  } finally {
    running -= 1;
  }
}

/** Wrong figures would be worse than none. */
function pathsOf(files: readonly string[], folder: string | null): string[] {
  if (files.length === 0) return [];
  if (folder === null) throw new Error("days are archived, but ARCHIVE_DIR is not set");
  const archive = new ArchiveFolder(folder);
  return files.map((file) => archive.pathOf(file));
}

// A report takes a processor for a second or more; people look at one at a time.
const reportsMax = 4;
let running = 0;

/** Rows, total, trend and downtimes out of the sums. Pure. */
export function composeReport(
  scene: Scene,
  sums: ReadonlyMap<string, readonly WindowSums[]>,
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
    archivedDays: scene.files.length,
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
  const shifts = Map.groupBy(cells, ({ day, shift }) => JSON.stringify([day, shift]));
  return [...shifts.values()]
    .flatMap((of) => (of[0] === undefined ? [] : [{ of, day: of[0].day, shift: of[0].shift }]))
    .sort((a, b) => a.day.localeCompare(b.day) || (a.shift ?? "￿").localeCompare(b.shift ?? "￿"))
    .map(({ of, day, shift }) => rowOf(of, { day, shift }));
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
      downMs: total(of, ({ stateMs }) => stateMs.down ?? 0),
      stops: total(of, ({ stops }) => stops),
    }))
    .filter(({ downMs }) => downMs > 0)
    .sort((a, b) => b.downMs - a.downMs);
}

function toRow(of: readonly Cell[], shown: Partial<OeeRow>, noDataRangePercent: number): OeeRow {
  const [good, scrap] = [
    total(of, ({ goodMillionths }) => goodMillionths) / 1e6,
    total(of, ({ scrapMillionths }) => scrapMillionths) / 1e6,
  ];
  return {
    day: null,
    shift: null,
    workUnitId: null,
    workUnitName: null,
    ...shown,
    good: toQuantity(good),
    scrap: toQuantity(scrap),
    oee: oee({
      stateMs: stateMsOf(of),
      good,
      scrap,
      plannedPieces: total(of, ({ plannedPieces }) => plannedPieces),
      plannedMs: total(of, ({ plannedMs }) => plannedMs),
      noDataShareMax: noDataRangePercent / 100,
    }),
  };
}

function stateMsOf(of: readonly Cell[]): Partial<Record<MachineState, number>> {
  const sums: Partial<Record<MachineState, number>> = {};
  for (const cell of of) {
    for (const [state, ms] of Object.entries(cell.sums.stateMs) as [MachineState, number][]) {
      sums[state] = (sums[state] ?? 0) + ms;
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

function refuseBadRange({ from, to }: OeeAsked): void {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  if (days >= 1 && days <= daysMax) return;
  throw new Refusal(
    "analytics.range_not_valid",
    `Ask for a first day that is not after the last, and at most ${daysMax} days.`,
    { kind: "invalid" },
  );
}

const daysMax = 366;
