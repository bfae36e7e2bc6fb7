import { type MoveToPost, moveToPostSchema, requiredText } from "@millwright/contracts/api";
import { sql } from "kysely";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import { type By, postMoves, type PostingDeps } from "./post-moves.ts";
import { readLocationIds } from "./store/location-codes.ts";

const { quantity, lotNumber, lotExpiresTime, lotStatus, reason, reference, movedTime } =
  moveToPostSchema.shape;

/** A row of an import: items and places are named as on paper. */
export const moveRowSchema = z.object({
  itemNumber: requiredText(60),
  quantity,
  fromCode: requiredText(40),
  toCode: requiredText(40),
  lotNumber,
  lotExpiresTime,
  lotStatus,
  reason,
  reference,
  movedTime,
});

type Row = FileRow<z.infer<typeof moveRowSchema>>;

/**
 * Posts the moves of a file as one posting. When that is refused, they are tried one by one, each on
 * top of those that went well, only to tell which rows are to blame: nothing of it is kept.
 */
export async function importMoves(
  tx: Transaction,
  deps: PostingDeps,
  rows: readonly Row[],
  { problems, by }: { problems: ImportProblems; by: By },
): Promise<void> {
  const named = await nameMoves(tx, deps, rows, problems);
  if (named.length === 0) return;
  await sql`savepoint posting`.execute(tx.over());
  try {
    await postMoves(
      tx,
      deps,
      named.map(({ move }) => move),
      by,
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await sql`rollback to savepoint posting`.execute(tx.over());
    for (const { line, move } of named) await tryMove(tx, deps, { line, move }, { problems, by });
    // Refused as a whole, though each row alone would do.
    const [first] = named;
    if (problems.isNone && first !== undefined) problems.addRefusal(first.line, error);
  }
}

async function tryMove(
  tx: Transaction,
  deps: PostingDeps,
  { line, move }: { line: number; move: MoveToPost },
  { problems, by }: { problems: ImportProblems; by: By },
): Promise<void> {
  await sql`savepoint move`.execute(tx.over());
  try {
    await postMoves(tx, deps, [move], by);
  } catch (error) {
    problems.addRefusal(line, error);
    await sql`rollback to savepoint move`.execute(tx.over());
  }
}

/** The moves with ids for names; a name that is not known is a problem of its cell. */
async function nameMoves(
  tx: Transaction,
  deps: PostingDeps,
  rows: readonly Row[],
  problems: ImportProblems,
): Promise<{ line: number; move: MoveToPost }[]> {
  const itemIds = await deps.engineering.itemIds(
    tx,
    new Set(rows.map((row) => row.value.itemNumber)),
  );
  const places = await readLocationIds(
    tx,
    rows.flatMap(({ value }) => [value.fromCode, value.toCode]),
  );
  return rows.flatMap(({ line, value }) => {
    const { itemNumber, fromCode, toCode, ...rest } = value;
    const itemId = itemIds.get(itemNumber);
    const fromLocationId = places.get(fromCode);
    const toLocationId = places.get(toCode);
    const unknown = (column: string, code: string, name: string) =>
      problems.add({ line, column, code, reason: `There is no ${name}.` });
    if (itemId === undefined) unknown("itemNumber", "item.unknown", `item ${itemNumber}`);
    if (fromLocationId === undefined)
      unknown("fromCode", "location.unknown", `location ${fromCode}`);
    if (toLocationId === undefined) unknown("toCode", "location.unknown", `location ${toCode}`);
    if (itemId === undefined || fromLocationId === undefined || toLocationId === undefined)
      return [];
    const ids = { moveId: deps.newId(), itemId, fromLocationId, toLocationId, reservationId: null };
    return [{ line, move: { ...rest, ...ids } }];
  });
}
