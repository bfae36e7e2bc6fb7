import { demandInputSchema, requiredText } from "@millwright/contracts/api";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import type { Engineering } from "../engineering/index.ts";
import { insertDemands } from "./demands.ts";

const { kind, quantity, dueDay, reference } = demandInputSchema.shape;

/** A row of an import: a file names items by their number. */
export const demandRowSchema = z.object({
  kind,
  itemNumber: requiredText(60),
  quantity,
  dueDay,
  reference,
});

/** Makes the demands of a file, as one set; refusals go to `problems`. */
export async function importDemands(
  tx: Transaction,
  deps: { engineering: Engineering; newId: () => string },
  rows: readonly FileRow<z.infer<typeof demandRowSchema>>[],
  problems: ImportProblems,
): Promise<void> {
  const numbers = new Set(rows.map(({ value }) => value.itemNumber));
  const itemIds = await deps.engineering.itemIds(tx, numbers);
  const demands = rows.flatMap(({ line, value: { itemNumber, ...demand } }) => {
    const itemId = itemIds.get(itemNumber);
    if (itemId !== undefined) return [{ ...demand, itemId, demandId: deps.newId() }];
    const reason = `There is no item ${itemNumber}.`;
    problems.add({ line, column: "itemNumber", code: "item.unknown", reason });
    return [];
  });
  await insertDemands(tx, demands);
}
