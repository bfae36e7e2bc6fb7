import type { MachineReasonCode } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Equipment } from "../equipment/index.ts";
import { knownReason, readDowntimeReasons } from "./downtime-reasons.ts";
import { loadMeanings } from "./store/given-reasons.ts";

/** What the codes of machines mean, by code; lines of all machines first. */
export async function readMachineReasonCodes(
  tx: Transaction,
  equipment: Equipment,
): Promise<MachineReasonCode[]> {
  const meanings = await loadMeanings(tx);
  const reasons = new Map((await readDowntimeReasons(tx)).map((one) => [one.reasonId, one.code]));
  const unitIds = new Set(meanings.flatMap(({ workUnitId }) => workUnitId ?? []));
  const units = await equipment.workUnits(tx, [...unitIds]);
  const names = new Map(units.map(({ workUnitId, name }) => [workUnitId, name]));
  return meanings
    .map((meaning) => ({
      ...meaning,
      workUnitName: meaning.workUnitId === null ? null : (names.get(meaning.workUnitId) ?? ""),
      reasonCode: reasons.get(meaning.reasonId) ?? "",
    }))
    .sort((a, b) => byCode.compare(a.code, b.code) || nameOf(a).localeCompare(nameOf(b)));
}

// 9 before 10.
const byCode = new Intl.Collator("en", { numeric: true });

function nameOf({ workUnitName }: MachineReasonCode): string {
  return workUnitName ?? "";
}

/**
 * Says what a code means, on one machine or (null) on all; `reasonId` null: nothing any more. Safe to repeat.
 * @throws Refusal downtime_reason.unknown · work_unit.unknown · machine_reason_code.too_many
 */
export async function setMachineReasonCode(
  tx: Transaction,
  equipment: Equipment,
  asked: AskedMeaning,
  by: Actor,
): Promise<void> {
  const set = await machineReasonCodeSetter(tx, equipment);
  await set(asked, by);
}

/** `setMachineReasonCode` for many: what they stand on is read once. */
export async function machineReasonCodeSetter(tx: Transaction, equipment: Equipment) {
  const reasons = await readDowntimeReasons(tx);
  const known = new Map((await loadMeanings(tx)).map((one) => [keyOf(one), one.reasonId]));
  return async (asked: AskedMeaning, by: Actor): Promise<void> => {
    const { code, workUnitId, reasonId } = asked;
    const after = reasonId === null ? null : knownReason(reasons, reasonId);
    const machine = workUnitId === null ? null : await findMachine(tx, equipment, workUnitId);
    const key = keyOf(asked);
    const before = reasons.find((one) => one.reasonId === known.get(key)) ?? null;
    if (after === null) {
      await forget(tx, asked);
      known.delete(key);
    } else {
      if (!known.has(key) && known.size >= codesMax) throw tooMany();
      await save(tx, { code, workUnitId, reasonId: after.reasonId });
      known.set(key, after.reasonId);
    }
    recordChange(tx, {
      objectType: "machine_reason_code",
      objectId: key,
      label: machine === null ? code : `${machine.name} ${code}`,
      before: before && { reason: before.code },
      after: after && { reason: after.code },
      by,
    });
  };
}

export type AskedMeaning = { code: string; workUnitId: string | null; reasonId: string | null };

function keyOf({ code, workUnitId }: { code: string; workUnitId: string | null }): string {
  return `${workUnitId ?? "all"}:${code}`;
}

async function save(
  tx: Transaction,
  meaning: { code: string; workUnitId: string | null; reasonId: string },
): Promise<void> {
  await sql`
    insert into production.machine_reason_code (tenant_id, work_unit_id, code, reason_id)
    values (${tx.tenantId}, ${meaning.workUnitId}, ${meaning.code}, ${meaning.reasonId})
    on conflict (tenant_id, work_unit_id, code) do update set reason_id = excluded.reason_id`.execute(
    tx.over(),
  );
}

async function forget(
  tx: Transaction,
  { code, workUnitId }: { code: string; workUnitId: string | null },
): Promise<void> {
  await sql`
    delete from production.machine_reason_code
     where tenant_id = ${tx.tenantId}
       and code = ${code}
       and work_unit_id is not distinct from ${workUnitId}::uuid`.execute(tx.over());
}

async function findMachine(tx: Transaction, equipment: Equipment, workUnitId: string) {
  const [machine] = await equipment.workUnits(tx, [workUnitId]);
  if (machine !== undefined) return machine;
  throw new Refusal("work_unit.unknown", `There is no work unit ${workUnitId}.`, {
    kind: "absent",
  });
}

function tooMany(): Refusal {
  return new Refusal(
    "machine_reason_code.too_many",
    `There are ${codesMax} codes already: take away those that no machine sends any more.`,
  );
}

/** All of them are read for every list of stops. */
export const codesMax = 2_000;
