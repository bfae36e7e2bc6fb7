import { demandInputSchema, requiredText } from "@millwright/contracts/api";
import { sql } from "kysely";
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
  /** Code of a site; empty: needed anywhere. */
  siteCode: requiredText(40).optional(),
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
  const siteIds = await readSiteIds(tx);
  const demands = rows.flatMap(({ line, value: { itemNumber, siteCode, ...demand } }) => {
    const itemId = itemIds.get(itemNumber);
    const siteId = siteCode === undefined ? null : siteIds.get(siteCode);
    if (siteId === undefined) {
      const reason = `There is no site ${siteCode}.`;
      problems.add({ line, column: "siteCode", code: "location.unknown", reason });
    }
    if (itemId === undefined) {
      const reason = `There is no item ${itemNumber}.`;
      problems.add({ line, column: "itemNumber", code: "item.unknown", reason });
    }
    if (itemId === undefined || siteId === undefined) return [];
    return [{ ...demand, itemId, siteId, demandId: deps.newId() }];
  });
  await insertDemands(tx, demands);
}

async function readSiteIds(tx: Transaction): Promise<Map<string, string>> {
  const { rows } = await sql<{ code: string; site_id: string }>`
    select code, site_id from inventory.v_site`.execute(tx.over());
  return new Map(rows.map(({ code, site_id }) => [code, site_id]));
}
