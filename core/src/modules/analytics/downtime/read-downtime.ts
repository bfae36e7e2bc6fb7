import type {
  Downtime,
  DowntimeReason,
  DowntimeReport,
  DowntimeStop,
  ReasonDowntime,
} from "@millwright/contracts/api";
import { iso8601Schema } from "@millwright/contracts/units";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { Refusal } from "../../../platform/errors.ts";
import type { Engineering } from "../../engineering/index.ts";
import type { Equipment } from "../../equipment/index.ts";
import type { IdentityModule } from "../../identity/index.ts";
import { production, showStop } from "../../production/index.ts";
import { keyOf } from "../domain/downtime.ts";
import { rangeOf, readScene, type Scene } from "../oee/read-oee.ts";
import { type ReportPlace, runReport } from "../run-report.ts";
import type { DowntimeToFold, FoldedDowntime } from "./fold-downtime.ts";

export type DowntimeAsked = { from: string; to: string; workUnitId?: string | undefined };

/** What a report of downtime needs to know before it sums: OEE's own scene, and the company's reasons. */
export type DowntimeScene = Scene & { reasons: ReadonlyMap<string, DowntimeReason>; now: Date };

type Deps = {
  identity: Pick<IdentityModule, "site">;
  equipment: Equipment;
  engineering: Engineering;
  now: Date;
};

/** @throws Refusal analytics.range_not_valid · work_unit.unknown */
export async function readDowntimeScene(
  tx: Transaction,
  deps: Deps,
  { workUnitId, ...range }: DowntimeAsked,
): Promise<DowntimeScene> {
  const scene = await readScene(tx, deps, range);
  const rows = await production.downtimeReasons(tx);
  const reasons = new Map(rows.map((reason) => [reason.reasonId, reason]));
  const machines = scene.machines.filter(
    (machine) => workUnitId === undefined || machine.workUnitId === workUnitId,
  );
  if (workUnitId !== undefined && machines.length === 0) {
    throw new Refusal("work_unit.unknown", `There is no work unit ${workUnitId}.`, {
      kind: "absent",
    });
  }
  return { ...scene, machines, reasons, now: deps.now };
}

/** Sums the scene in a child process, and lists stops when asked to. @throws Refusal analytics.busy */
export function sumDowntime(
  scene: DowntimeScene,
  list: DowntimeToFold["list"],
  where: ReportPlace,
): Promise<FoldedDowntime> {
  const range = rangeOf(scene, where);
  // So that a stop at the end of the range is told whole, with the reason it has in every other range.
  const lookTo = Math.min(range.to + dayMs, scene.now.getTime());
  const input: DowntimeToFold = { ...range, lookTo, list };
  return runReport(new URL("./fold-downtime.ts", import.meta.url), input, where);
}

const dayMs = 86_400_000;

/** Pareto by reason and by machine out of the sums. Pure. */
export function composeDowntime(scene: DowntimeScene, folded: FoldedDowntime): DowntimeReport {
  const names = namesOf(scene);
  const byReason = [...folded.byReason.values()].map(
    ({ reason, downMs, stops }): ReasonDowntime => ({
      key: keyOf(reason),
      reason: reason.kind === "reason" ? (scene.reasons.get(reason.reasonId) ?? null) : null,
      machineCode: reason.kind === "code" ? reason.code : null,
      downMs,
      stops,
    }),
  );
  const byMachine = [...folded.byMachine].map(([workUnitId, sums]): Downtime => {
    return { workUnitId, workUnitName: names.get(workUnitId) ?? "", ...sums };
  });
  return {
    timeZone: scene.timeZone,
    asOf: iso8601Schema.parse(scene.now.toISOString()),
    archivedDays: folded.archivedDays,
    ...folded.total,
    byReason: byReason.sort(longestFirst),
    byMachine: byMachine.sort(longestFirst),
  };
}

/** The listed stops in words. Pure. */
export function composeStops(scene: DowntimeScene, folded: FoldedDowntime) {
  const names = namesOf(scene);
  const rows = folded.stops.map(({ workUnitId, downMs, reason, ...stop }): DowntimeStop => {
    const machine = { workUnitId, name: names.get(workUnitId) ?? "" };
    return { ...showStop(machine, stop, reason, scene.reasons), downMs };
  });
  return { rows, ...folded.total };
}

function namesOf({ machines }: Scene): Map<string, string> {
  return new Map(machines.map(({ workUnitId, workUnitName }) => [workUnitId, workUnitName]));
}

function longestFirst(a: { downMs: number }, b: { downMs: number }): number {
  return b.downMs - a.downMs;
}
