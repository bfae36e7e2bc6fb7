import { newLocationSchema } from "@millwright/contracts/api";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { cell } from "../../platform/tables/cells.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import { createLocation } from "./create-location.ts";
import { readLocationIds } from "./store/location-codes.ts";

const { code, name, kind } = newLocationSchema.shape;

/** A row of an import: a parent is named by its code, and may be a row above. */
export const locationRowSchema = z.object({
  code,
  name,
  kind,
  parentCode: code.optional(),
  allowsNegative: cell.boolean().optional(),
});

/** Makes the locations of a file in its order; what a rule refuses is told to `problems`. */
export async function importLocations(
  tx: Transaction,
  deps: { newId: () => string },
  rows: readonly FileRow<z.infer<typeof locationRowSchema>>[],
  problems: ImportProblems,
): Promise<void> {
  const ids = await readLocationIds(
    tx,
    rows.flatMap(({ value }) => value.parentCode ?? []),
  );
  for (const { line, value } of rows) {
    const { parentCode, ...asked } = value;
    const parentId = parentCode === undefined ? null : ids.get(parentCode);
    if (parentId === undefined) {
      const reason = `There is no location ${parentCode}, neither here nor in a row above.`;
      problems.add({ line, column: "parentCode", code: "location.unknown", reason });
      continue;
    }
    try {
      const made = await createLocation(tx, deps, { ...asked, parentId });
      ids.set(made.code, made.locationId);
    } catch (error) {
      problems.addRefusal(line, error);
    }
  }
}
