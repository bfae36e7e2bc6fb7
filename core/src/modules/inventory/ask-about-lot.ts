import type { Transaction } from "../../platform/db/transaction.ts";
import type { Authorise } from "../../platform/http/permission.ts";
import { readLot } from "./queries.ts";
import { lockLots } from "./store/lots.ts";

/**
 * Whether the caller may do this to a lot. When a rule hangs on the lot it is held until the transaction
 * ends: the lot that is changed is as the one that was asked about.
 * @throws Refusal permission.missing · lot.unknown
 */
export function askAboutLot(
  tx: Transaction,
  { authorise, action, now }: { authorise: Authorise; action: string; now: Date },
  lotId: string,
): Promise<void> {
  const object = async () => {
    await lockLots(tx, [lotId], { isAlone: true });
    const { itemId, itemNumber, number, status } = await readLot(tx, lotId, now);
    return { itemId, itemNumber, number, status };
  };
  return authorise({ objectType: "lot", action, object });
}
