import { requiredText } from "@millwright/contracts/api";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import { openCount } from "./count-stock.ts";
import type { By, PostingDeps } from "./post-moves.ts";
import { readLocationIds } from "./store/location-codes.ts";

/** A row of an import: a bin to count. */
export const countRowSchema = z.object({ locationCode: requiredText(40) });

/**
 * Opens a count of each bin of a file, under the rules of a single one; refusals go to `problems`. A bin
 * that is there in several rows, as in an export, is counted once.
 */
export async function importCounts(
  tx: Transaction,
  deps: Pick<PostingDeps, "newId">,
  rows: readonly FileRow<z.infer<typeof countRowSchema>>[],
  { problems, by }: { problems: ImportProblems; by: By },
): Promise<void> {
  const bins = Map.groupBy(rows, ({ value }) => value.locationCode);
  const places = await readLocationIds(tx, bins.keys());
  for (const [code, [first]] of bins) {
    const line = first?.line ?? 0;
    const locationId = places.get(code);
    if (locationId === undefined) {
      const reason = `There is no location ${code}.`;
      problems.add({ line, column: "locationCode", code: "location.unknown", reason });
      continue;
    }
    try {
      await openCount(tx, deps, locationId, by);
    } catch (error) {
      problems.addRefusal(line, error, "locationCode");
    }
  }
}
