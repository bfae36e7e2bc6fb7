import type { DowntimeReason, NewDowntimeReason } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { lossCategories, standardDowntimeReasons } from "@millwright/contracts/states";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { changedMeanwhile, requireVersion } from "../../platform/http/if-match.ts";
import { insertReason, loadReasons, updateReason } from "./store/downtime-reasons.ts";

/** Reasons of the company: its own, and the standard ones as it left or changed them. */
export async function readDowntimeReasons(tx: Transaction): Promise<DowntimeReason[]> {
  const own = await loadReasons(tx);
  const changed = new Set(own.map(({ reasonId }) => reasonId));
  const standard = standardDowntimeReasons
    .filter(({ reasonId }) => !changed.has(reasonId))
    .map((reason) => ({ ...reason, isActive: true, isStandard: true, version: 0 }));
  return [...standard, ...own.map((reason) => ({ ...reason, isStandard: false }))].sort(
    (a, b) => orderOf(a) - orderOf(b) || a.code.localeCompare(b.code, "en"),
  );
}

function orderOf({ category }: DowntimeReason): number {
  return lossCategories.indexOf(category);
}

/** @throws Refusal downtime_reason.code_taken · downtime_reason.too_many */
export async function addDowntimeReason(
  tx: Transaction,
  asked: NewDowntimeReason & { reasonId: string },
  by: Actor,
): Promise<DowntimeReason> {
  const known = await readDowntimeReasons(tx);
  refuseTaken(known, asked);
  if (known.length >= reasonsMax) {
    throw new Refusal(
      "downtime_reason.too_many",
      `There are ${known.length} reasons: nobody finds one among more. Change one that is not used.`,
    );
  }
  if (!(await insertReason(tx, asked))) throw codeTaken(asked.code);
  const made = { ...asked, isStandard: false, version: 1 };
  record(tx, { before: null, after: made, by });
  return made;
}

/**
 * Changes a reason of the company, or a standard one, which keeps its id.
 * @throws Refusal downtime_reason.unknown · downtime_reason.code_taken · record.changed_meanwhile
 */
export async function changeDowntimeReason(
  tx: Transaction,
  asked: NewDowntimeReason & { reasonId: string; version: number },
  by: Actor,
): Promise<DowntimeReason> {
  const { version, ...reason } = asked;
  const known = await readDowntimeReasons(tx);
  const before = knownReason(known, reason.reasonId);
  requireVersion(before.version, version);
  refuseTaken(known, reason);
  const isSaved =
    version === 0 ? await insertReason(tx, reason) : await updateReason(tx, reason, version);
  if (!isSaved) throw changedMeanwhile(version + 1, version);
  const after = { ...reason, isStandard: false, version: version + 1 };
  record(tx, { before, after, by });
  return after;
}

/** @throws Refusal downtime_reason.unknown */
export function knownReason(known: readonly DowntimeReason[], reasonId: string): DowntimeReason {
  const found = known.find((reason) => reason.reasonId === reasonId);
  if (found !== undefined) return found;
  throw new Refusal("downtime_reason.unknown", `There is no downtime reason ${reasonId}.`, {
    kind: "absent",
  });
}

function refuseTaken(
  known: readonly DowntimeReason[],
  { reasonId, code }: { reasonId: string; code: string },
): void {
  const isTaken = known.some((other) => other.code === code && other.reasonId !== reasonId);
  if (isTaken) throw codeTaken(code);
}

function codeTaken(code: string): Refusal {
  return new Refusal("downtime_reason.code_taken", `There is a downtime reason ${code} already.`);
}

type Change = { before: DowntimeReason | null; after: DowntimeReason; by: Actor };

function record(tx: Transaction, { before, after, by }: Change): void {
  recordChange(tx, {
    objectType: "downtime_reason",
    objectId: after.reasonId,
    label: `${after.code} ${after.name}`,
    before: before && audited(before),
    after: audited(after),
    by,
  });
}

function audited({ code, name, category, isActive }: DowntimeReason) {
  return { code, name, category, isActive };
}

// The list is one answer, and one screen of buttons; with the standard ones.
const reasonsMax = 312;
