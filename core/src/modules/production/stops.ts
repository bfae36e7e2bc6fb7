import type { DowntimeReason, Stop as ShownStop } from "@millwright/contracts/api";
import { ReasonBook, type Stop, type StopReason, stopsOf } from "@millwright/contracts/states";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { Equipment } from "../equipment/index.ts";
import { readDowntimeReasons } from "./downtime-reasons.ts";
import { instantOf } from "./instant.ts";
import { findWorkUnit, readWindow } from "./machine-queries.ts";
import { loadGivenReasons, loadMeanings } from "./store/given-reasons.ts";
import { latestMs, loadEnd, loadStopRows } from "./store/stop-rows.ts";

type Machine = { workUnitId: string; name: string };
type Reasons = ReadonlyMap<string, DowntimeReason>;

/** Stops of one machine that touch a window, newest first, at most `stopsMax`. @throws Refusal work_unit.unknown · request.window_not_valid */
export async function readStops(
  tx: Transaction,
  { equipment, now }: { equipment: Equipment; now: Date },
  asked: { workUnitId: string; from: string; to: string },
): Promise<{ rows: ShownStop[]; isCut: boolean }> {
  const window = readWindow(asked, daysMax);
  const machine = await findWorkUnit(tx, equipment, asked.workUnitId);
  // The last one may end behind the window.
  const end = await loadEnd(tx, asked.workUnitId, window.to);
  const to = new Date(Math.min(end.getTime(), now.getTime()));
  const read = await loadStops(tx, { workUnitId: asked.workUnitId, from: window.from, to });
  const stops = read.filter(({ from }) => from < window.to.getTime());
  const book = await readReasonBook(tx, spanOf(stops, [asked.workUnitId]));
  const show = await stopWords(tx);
  const rows = stops
    .slice(-stopsMax)
    .toReversed()
    .map((stop) => show(machine, stop, book.reasonOf(machine.workUnitId, stop)));
  return { rows, isCut: stops.length > stopsMax };
}

/** Ascending. */
export async function loadStops(
  tx: Transaction,
  asked: { workUnitId: string; from: Date; to: Date },
): Promise<Stop[]> {
  return stopsOf(await loadStopRows(tx, asked));
}

/** From the first begin to the last end of stops, for what was said about them. */
export function spanOf(stops: readonly Stop[], workUnitIds: readonly string[]) {
  const from = new Date(stops[0]?.from ?? 0);
  const end = stops.at(-1);
  const to = end === undefined ? from : new Date(end.to ?? latestMs);
  return { from, to, workUnitIds };
}

/** What is known of the reasons of stops of those machines (null: all) in a window. */
export async function readReasonBook(
  tx: Transaction,
  window: { from: Date; to: Date; workUnitIds: readonly string[] | null },
): Promise<ReasonBook> {
  return new ReasonBook(await loadGivenReasons(tx, window), await loadMeanings(tx));
}

/** Puts stops in the words of the company's list, which is read once. */
export async function stopWords(tx: Transaction) {
  const reasons = new Map((await readDowntimeReasons(tx)).map((one) => [one.reasonId, one]));
  return (machine: Machine, stop: Stop, reason: StopReason) =>
    showStop(machine, stop, reason, reasons);
}

/** A stop in the words of the company's list. Pure. */
export function showStop(
  machine: Machine,
  stop: Stop,
  reason: StopReason,
  reasons: Reasons,
): ShownStop {
  const known = reason.kind === "reason" ? reason : null;
  const given = known?.given ?? null;
  return {
    workUnitId: machine.workUnitId,
    workUnitName: machine.name,
    from: instantOf(stop.from),
    to: stop.to === null ? null : instantOf(stop.to),
    machineCode: stop.code === "" ? null : stop.code,
    reason: known === null ? null : (reasons.get(known.reasonId) ?? null),
    source: known?.source ?? null,
    note: given?.note ?? "",
    givenBy: given?.givenBy ?? null,
    givenTime: given === null ? null : instantOf(given.givenTime),
    version: given?.version ?? 0,
  };
}

// Two shifts of a machine that stops every two minutes.
const stopsMax = 500;
// A year of such a machine is half a million states, for a list of five hundred.
const daysMax = 31;
