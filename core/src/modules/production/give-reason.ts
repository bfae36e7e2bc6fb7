import type { Stop as ShownStop } from "@millwright/contracts/api";
import { type GivenReason, versionOf } from "@millwright/contracts/states";
import { workUnitIdSchema } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import { changedMeanwhile, requireVersion } from "../../platform/http/if-match.ts";
import type { Authorise } from "../../platform/http/permission.ts";
import type { Equipment } from "../equipment/index.ts";
import type { By } from "./change-work-order.ts";
import { knownReason, readDowntimeReasons } from "./downtime-reasons.ts";
import { instantOf } from "./instant.ts";
import { findWorkUnit } from "./machine-queries.ts";
import { loadStops, readReasonBook, spanOf, stopWords } from "./stops.ts";
import { replaceGivenReason } from "./store/given-reasons.ts";
import { loadEnd } from "./store/stop-rows.ts";

export type AskedReason = {
  workUnitId: string;
  /** A moment of the stop. */
  from: string;
  reasonId: string;
  note: string;
  /** Of what the person has seen; 0: nothing was given. */
  version: number;
};

/** Whether the caller may say why this machine was down. @throws Refusal permission.missing · work_unit.unknown */
export function askAboutMachine(
  tx: Transaction,
  { authorise, equipment }: { authorise: Authorise; equipment: Equipment },
  workUnitId: string,
): Promise<void> {
  const object = async () => {
    const unit = await findWorkUnit(tx, equipment, workUnitId);
    const centers = await equipment.workCenters(tx);
    const center = centers.find((each) => each.workCenterId === unit.workCenterId);
    return {
      workUnitName: unit.name,
      workCenterName: center?.name ?? null,
      areaName: center?.areaName ?? null,
    };
  };
  return authorise({ objectType: "machine", action: "give_reason", object });
}

/**
 * Says, or corrects, why a machine was down. Holds for the whole stop, also when late readings move its
 * ends, and for a stop that has not ended until it does.
 * @throws Refusal work_unit.unknown · stop.unknown · downtime_reason.unknown ·
 *   downtime_reason.not_active · record.changed_meanwhile
 */
export async function giveReason(
  tx: Transaction,
  equipment: Equipment,
  asked: AskedReason,
  by: By,
): Promise<ShownStop> {
  const { workUnitId, reasonId, note, version } = asked;
  const machine = await findWorkUnit(tx, equipment, workUnitId);
  const stop = await findStop(tx, machine, asked);
  const reason = knownReason(await readDowntimeReasons(tx), reasonId);
  const book = await readReasonBook(tx, spanOf([stop], [workUnitId]));
  const before = book.givenFor(workUnitId, stop);
  const newest = before[0] ?? null;
  requireVersion(versionOf(before), version);
  if (!reason.isActive && newest?.reasonId !== reasonId) {
    throw new Refusal(
      "downtime_reason.not_active",
      `${reason.code} is not used any more: choose another.`,
      { current: "not active", asked: reason.code },
    );
  }
  const given: GivenReason = {
    from: stop.from,
    to: stop.to,
    reasonId,
    note,
    givenBy: by.actor.name ?? by.actor.id,
    givenTime: by.now.getTime(),
    version: version + 1,
  };
  if (!(await replaceGivenReason(tx, { ...given, workUnitId }, before))) {
    throw changedMeanwhile(version + 1, version);
  }
  tx.emit([
    newEvent("downtime.reason_given@1", {
      tenantId: tx.tenantId,
      stream: `work_unit:${workUnitId}`,
      streamVersion: null,
      actor: by.actor,
      payload: {
        workUnitId: workUnitIdSchema.parse(workUnitId),
        sourceFrom: instantOf(stop.from),
        sourceTo: stop.to === null ? null : instantOf(stop.to),
        reasonId,
        code: reason.code,
        reason: reason.name,
        note,
        before: newest && { reasonId: newest.reasonId, note: newest.note },
      },
    }),
  ]);
  // Live screens read the machine anew, and with it what its stops were for.
  tx.touch([machine.workCenterId]);
  const show = await stopWords(tx);
  return show(machine, stop, { kind: "reason", reasonId, source: "person", given });
}

async function findStop(
  tx: Transaction,
  { workUnitId, name }: { workUnitId: string; name: string },
  { from }: { from: string },
) {
  const at = new Date(from);
  const [stop] = await loadStops(tx, {
    workUnitId,
    from: at,
    to: await loadEnd(tx, workUnitId, at),
  });
  if (stop !== undefined && stop.from <= at.getTime()) return stop;
  throw new Refusal(
    "stop.unknown",
    `${name} was not down at ${from}, or it was so long ago that only the archive knows: look again.`,
    { kind: "absent" },
  );
}
