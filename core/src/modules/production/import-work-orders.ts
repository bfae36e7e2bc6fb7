import { draftWorkOrderSchema, requiredText } from "@millwright/contracts/api";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import type { Engineering } from "../engineering/index.ts";
import type { By } from "./change-work-order.ts";
import { draftWorkOrder } from "./draft-work-order.ts";

const { quantity, dueDate, number } = draftWorkOrderSchema.shape;

/** A row of an import: a file names items by their number. */
export const workOrderRowSchema = z.object({
  number,
  itemNumber: requiredText(60),
  quantity,
  dueDate,
});

/** Drafts the orders of a file, each under the rules of a single one; refusals go to `problems`. */
export async function importWorkOrders(
  tx: Transaction,
  deps: { engineering: Engineering; newId: () => string },
  rows: readonly FileRow<z.infer<typeof workOrderRowSchema>>[],
  { problems, by }: { problems: ImportProblems; by: By },
): Promise<void> {
  const numbers = new Set(rows.map(({ value }) => value.itemNumber));
  const itemIds = await deps.engineering.itemIds(tx, numbers);
  for (const { line, value } of rows) {
    const itemId = itemIds.get(value.itemNumber);
    if (itemId === undefined) {
      const reason = `There is no item ${value.itemNumber}.`;
      problems.add({ line, column: "itemNumber", code: "item.unknown", reason });
      continue;
    }
    try {
      await draftWorkOrder(tx, deps, { ...value, itemId }, by);
    } catch (error) {
      problems.addRefusal(line, error);
    }
  }
}
