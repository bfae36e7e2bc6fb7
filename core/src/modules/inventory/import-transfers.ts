import { requiredText, transferInputSchema, type TransferInput } from "@millwright/contracts/api";
import { daySchema } from "@millwright/contracts/units";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { fitGroup, groupRows, type RowGroup } from "../../platform/tables/group-rows.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import type { By, PostingDeps } from "./post-moves.ts";
import { readLocationIds } from "./store/location-codes.ts";
import { draftTransfer } from "./transfer-stock.ts";

const { note, lines } = transferInputSchema.shape;

/** A row of an import: one item of a transfer. Items and places are named as on paper. */
export const transferRowSchema = z.object({
  /** What keeps the rows of one transfer together; it gets a number of its own. */
  number: requiredText(40).optional(),
  fromCode: requiredText(40),
  toCode: requiredText(40),
  shipDay: daySchema.optional(),
  dueDay: daySchema.optional(),
  note,
  itemNumber: requiredText(60),
  quantity: lines.element.shape.quantity,
});
type TransferRow = z.infer<typeof transferRowSchema>;

/** Drafts the transfers of a file, each under the rules of a single one; refusals go to `problems`. */
export async function importTransfers(
  tx: Transaction,
  deps: PostingDeps,
  rows: readonly FileRow<TransferRow>[],
  { problems, by }: { problems: ImportProblems; by: By },
): Promise<void> {
  const known = {
    items: await deps.engineering.itemIds(tx, new Set(rows.map(({ value }) => value.itemNumber))),
    places: await readLocationIds(
      tx,
      rows.flatMap(({ value }) => [value.fromCode, value.toCode]),
    ),
  };
  const keyOf = ({ number, fromCode, toCode }: TransferRow) =>
    JSON.stringify(number ?? [fromCode, toCode]);
  const shared = ["fromCode", "toCode", "shipDay", "dueDay", "note"] as const;
  for (const group of groupRows(rows, { keyOf, shared }, problems)) {
    const asked = nameTransfer(group, known, problems);
    if (asked === null) continue;
    try {
      await draftTransfer(tx, deps, asked, by);
    } catch (error) {
      problems.addRefusal(group.first.line, error);
    }
  }
}

/** With ids for names; null when one is not known, which is a problem of its cell. */
function nameTransfer(
  group: RowGroup<TransferRow>,
  known: { items: ReadonlyMap<string, string>; places: ReadonlyMap<string, string> },
  problems: ImportProblems,
): TransferInput | null {
  const { first, rows } = group;
  const place = (column: "fromCode" | "toCode") => {
    const code = first.value[column];
    const locationId = known.places.get(code);
    if (locationId !== undefined) return locationId;
    const reason = `There is no location ${code}.`;
    problems.add({ line: first.line, column, code: "location.unknown", reason });
    return null;
  };
  const fromId = place("fromCode");
  const toId = place("toCode");
  const asked = rows.flatMap(({ line, value: { itemNumber, quantity } }) => {
    const itemId = known.items.get(itemNumber);
    if (itemId !== undefined) return [{ itemId, quantity }];
    const reason = `There is no item ${itemNumber}.`;
    problems.add({ line, column: "itemNumber", code: "item.unknown", reason });
    return [];
  });
  if (fromId === null || toId === null || asked.length < rows.length) return null;
  // As many as a transfer takes from anybody else.
  const fitting = fitGroup(group, { schema: lines, value: asked }, problems);
  const { shipDay = null, dueDay = null, note: told } = first.value;
  return fitting && { fromId, toId, shipDay, dueDay, note: told, lines: fitting };
}
