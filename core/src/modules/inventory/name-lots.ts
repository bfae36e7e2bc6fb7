import type { MoveToPost } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { isSource } from "./domain/location.ts";
import type { Facts } from "./domain/posting.ts";
import { findItemsOfLot, findLots, insertLots } from "./store/lots.ts";

/**
 * The lot id of each move, in their order; null for a move without a number. A number that the item
 * does not have is made when the goods come from outside (supplier, production, adjustment).
 * @throws Refusal lot.unknown · lot.foreign when the number is one of another item · lot.not_tracked
 */
export async function nameLots(
  tx: Transaction,
  { newId }: { newId: () => string },
  moves: readonly MoveToPost[],
  facts: Pick<Facts, "items" | "locations">,
): Promise<(string | null)[]> {
  const numbered = moves.flatMap((move) =>
    move.lotNumber === null ? [] : [{ ...move, number: move.lotNumber }],
  );
  if (numbered.length === 0) return moves.map(() => null);
  const wanted = [...new Map(numbered.map((move) => [keyOf(move), move])).values()];
  let found = byKey(await findLots(tx, wanted));
  const missing = wanted.filter((move) => !found.has(keyOf(move)));
  if (missing.length > 0) {
    for (const move of missing) await checkMayBeNew(tx, move, numbered, facts);
    await insertLots(
      tx,
      missing.map(({ itemId, number, lotStatus, lotExpiresTime }) => ({
        lotId: newId(),
        itemId,
        number,
        status: lotStatus,
        expiresTime: lotExpiresTime,
      })),
    );
    found = byKey(await findLots(tx, wanted));
  }
  return moves.map(({ itemId, lotNumber }) =>
    lotNumber === null ? null : (found.get(keyOf({ itemId, number: lotNumber })) ?? null),
  );
}

type Numbered = MoveToPost & { number: string };

async function checkMayBeNew(
  tx: Transaction,
  move: Numbered,
  all: readonly Numbered[],
  { items, locations }: Pick<Facts, "items" | "locations">,
): Promise<void> {
  const item = items.get(move.itemId);
  if (item?.tracking === "none") {
    throw new Refusal(
      "lot.not_tracked",
      `${item.number} is kept without lots. Leave the lot number out.`,
      { kind: "invalid" },
    );
  }
  const comesIn = all.some((other) => {
    const from = locations.get(other.fromLocationId);
    return keyOf(other) === keyOf(move) && from !== undefined && isSource(from.kind);
  });
  if (comesIn) return;
  // Only on the way to a refusal: it says whose label was scanned.
  const owners = await findItemsOfLot(tx, move.number);
  throw owners.length > 0
    ? new Refusal(
        "lot.foreign",
        `Number ${move.number} belongs to ${owners.join(", ")}, not to ${item?.number ?? move.itemId}. Scan the label of the right item.`,
      )
    : new Refusal(
        "lot.unknown",
        `${item?.number ?? move.itemId} has no lot or serial ${move.number}. Check the label, or post its receipt first.`,
        { kind: "absent" },
      );
}

function byKey(lots: Awaited<ReturnType<typeof findLots>>): Map<string, string> {
  return new Map(lots.map((lot) => [keyOf(lot), lot.lotId]));
}

function keyOf({ itemId, number }: { itemId: string; number: string }): string {
  return `${itemId}/${number}`;
}
