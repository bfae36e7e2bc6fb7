import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { costsOf, unpricedOf } from "./costs.ts";
import { toDecimal } from "./domain/fraction.ts";
import { costDecimals, costScale } from "./domain/roll-up.ts";
import { readAllLines, readStructureItems } from "./structure-queries.ts";

/**
 * Works out the standard cost of every item from the structures of a day, and stores what changed. An
 * item below which a price is missing loses its cost: an old one would be taken for a true one.
 */
export async function rollUpCosts(tx: Transaction, { day, now }: { day: string; now: Date }) {
  const lines = await readAllLines(tx, day);
  const items = await readStructureItems(tx, { itemIds: null, day });
  const costs = costsOf(lines, items);
  const itemIds = items.map(({ itemId }) => itemId);
  const texts = itemIds.map((itemId) => {
    const cost = costs.get(itemId) ?? null;
    return cost === null ? null : toDecimal({ over: cost, under: costScale }, costDecimals);
  });
  const { numAffectedRows } = await sql`
    update engineering.item i
       set standard_cost = rolled.cost, standard_cost_time = ${now}
      from unnest(${itemIds}::uuid[], ${texts}::numeric[]) as rolled (item_id, cost)
     where i.item_id = rolled.item_id
       and i.standard_cost is distinct from rolled.cost`.execute(tx.over());
  const unpriced = unpricedOf(lines, items, costs).slice(0, unpricedMax);
  return {
    items: texts.filter((text) => text !== null).length,
    changed: Number(numAffectedRows ?? 0n),
    unpriced: unpriced.map(({ itemId, number }) => ({ itemId, itemNumber: number })),
  };
}

const unpricedMax = 1_000;
