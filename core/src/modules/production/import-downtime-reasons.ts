import {
  type machineReasonCodeRowSchema,
  newDowntimeReasonSchema,
} from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { cell } from "../../platform/tables/cells.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import type { Equipment } from "../equipment/index.ts";
import {
  addDowntimeReason,
  changeDowntimeReason,
  readDowntimeReasons,
} from "./downtime-reasons.ts";
import { machineReasonCodeSetter } from "./machine-reason-codes.ts";

const { code, name, category } = newDowntimeReasonSchema.shape;

/** A row of an import: `code` says which reason it is. */
export const downtimeReasonRowSchema = z.object({
  code,
  name,
  category,
  isActive: cell.boolean().optional(),
});

type Options = { problems: ImportProblems; by: Actor };

/** Changes the reasons whose code is known and makes the others, in the order of the file. */
export async function importDowntimeReasons(
  tx: Transaction,
  deps: { newId: () => string },
  rows: readonly FileRow<z.infer<typeof downtimeReasonRowSchema>>[],
  { problems, by }: Options,
): Promise<void> {
  const known = new Map((await readDowntimeReasons(tx)).map((reason) => [reason.code, reason]));
  for (const { line, value } of rows) {
    const before = known.get(value.code);
    const asked = { ...value, isActive: value.isActive ?? before?.isActive ?? true };
    if (before !== undefined && isSame(before, asked)) continue;
    try {
      const saved =
        before === undefined
          ? await addDowntimeReason(tx, { ...asked, reasonId: deps.newId() }, by)
          : await changeDowntimeReason(tx, { ...before, ...asked }, by);
      known.set(saved.code, saved);
    } catch (error) {
      problems.addRefusal(line, error);
    }
  }
}

type Words = { name: string; category: string; isActive: boolean };

/** A standard reason that a file repeats as it is stays a standard one. */
function isSame(before: Words, asked: Words): boolean {
  return (
    before.name === asked.name &&
    before.category === asked.category &&
    before.isActive === asked.isActive
  );
}

/** Gives codes of machines their meaning; machine and reason are named as on the screens. */
export async function importMachineReasonCodes(
  tx: Transaction,
  equipment: Equipment,
  rows: readonly FileRow<z.infer<typeof machineReasonCodeRowSchema>>[],
  { problems, by }: Options,
): Promise<void> {
  const reasons = new Map((await readDowntimeReasons(tx)).map((one) => [one.code, one.reasonId]));
  const units = (await equipment.workCenters(tx)).flatMap(({ workUnits }) => workUnits);
  const set = await machineReasonCodeSetter(tx, equipment);
  for (const { line, value } of rows) {
    const reasonId = reasons.get(value.reasonCode);
    const named = units.filter((unit) => unit.name === value.workUnitName);
    const [unit] = named;
    if (reasonId === undefined) {
      const reason = `There is no downtime reason ${value.reasonCode}.`;
      problems.add({ line, column: "reasonCode", code: "downtime_reason.unknown", reason });
    } else if (value.workUnitName !== undefined && (unit === undefined || named.length > 1)) {
      const reason = `There is not exactly one machine ${value.workUnitName}.`;
      problems.add({ line, column: "workUnitName", code: "work_unit.unknown", reason });
    } else {
      const workUnitId = unit?.workUnitId ?? null;
      const asked = { code: value.code, workUnitId, reasonId };
      await set(asked, by).catch((error: unknown) => problems.addRefusal(line, error));
    }
  }
}
