import { changeInputSchema, requiredText } from "@millwright/contracts/api";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { fitGroup, groupRows, type RowGroup } from "../../platform/tables/group-rows.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import { type By, draftChange } from "./engineering-change.ts";
import { readBomIds } from "./store/changes.ts";

const { title, reason, effectiveDay, bomIds } = changeInputSchema.shape;

/** A row of an import: one revision that a change approves, named as on paper. */
export const changeRowSchema = z.object({
  /** What keeps the rows of one change together; it gets a number of its own. */
  number: requiredText(40).optional(),
  title,
  reason: reason.default(""),
  effectiveDay,
  itemNumber: requiredText(60),
  revision: requiredText(20),
});
type ChangeRow = z.infer<typeof changeRowSchema>;

/** Drafts the changes of a file, each under the rules of a single one; refusals go to `problems`. */
export async function importChanges(
  tx: Transaction,
  deps: { newId: () => string },
  rows: readonly FileRow<ChangeRow>[],
  { problems, by }: { problems: ImportProblems; by: By },
): Promise<void> {
  const revisions = await readBomIds(
    tx,
    rows.map(({ value }) => value),
  );
  const keyOf = (row: ChangeRow) => JSON.stringify(row.number ?? [row.title]);
  const shared = ["title", "reason", "effectiveDay"] as const;
  for (const group of groupRows(rows, { keyOf, shared }, problems)) {
    const ids = nameRevisions(group, revisions, problems);
    if (ids === null) continue;
    const { title, reason, effectiveDay } = group.first.value;
    const input = { title, reason, effectiveDay, bomIds: ids };
    try {
      await draftChange(tx, { changeId: deps.newId(), input }, by);
    } catch (error) {
      problems.addRefusal(group.first.line, error);
    }
  }
}

/** Their ids; null when one is not known, or when they are more than a change takes. */
function nameRevisions(
  group: RowGroup<ChangeRow>,
  revisions: (of: { itemNumber: string; revision: string }) => string | undefined,
  problems: ImportProblems,
): string[] | null {
  const ids = group.rows.flatMap(({ line, value }) => {
    const bomId = revisions(value);
    if (bomId !== undefined) return [bomId];
    const reason = `${value.itemNumber} has no revision ${value.revision}.`;
    problems.add({ line, column: "revision", code: "bom.unknown", reason });
    return [];
  });
  if (ids.length < group.rows.length) return null;
  return fitGroup(group, { schema: bomIds, value: ids }, problems);
}
