import type { Actor } from "@millwright/contracts/events";
import type { Quantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";

/**
 * Multiplies the prices of all bought items that a search finds, as one statement; standard costs stay
 * until the next roll-up. The trail tells it as one change: a hundred thousand lines would bury it.
 */
export async function changePrices(
  tx: Transaction,
  asked: { search: string | undefined; factor: Quantity },
  by: Actor,
): Promise<{ changed: number }> {
  const search = asked.search?.toLowerCase() ?? "";
  const { numAffectedRows } = await sql`
    update engineering.item
       set purchase_price = round(purchase_price * ${asked.factor}::numeric, 6), version = version + 1
     where kind = 'buy'
       and purchase_price is not null
       and (${search} = '' or position(${search} in lower(number || ' ' || name)) > 0)`.execute(
    tx.over(),
  );
  const changed = Number(numAffectedRows ?? 0n);
  recordChange(tx, {
    objectType: "item",
    objectId: "prices",
    label: search === "" ? "All prices" : `Prices of ${search}`,
    before: null,
    after: { factor: asked.factor, search, changed },
    by,
  });
  return { changed };
}
