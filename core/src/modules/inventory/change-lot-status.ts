import type { LotCommand } from "@millwright/contracts/states";
import { itemIdSchema } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import { decideStatus } from "./domain/lot.ts";
import type { By } from "./post-moves.ts";
import { loadLot, saveStatus } from "./store/lots.ts";

/**
 * Quality releases or blocks a lot. Waits for postings of the lot that are under way.
 * @throws Refusal lot.unknown · lot.transition_refused
 */
export async function changeLotStatus(
  tx: Transaction,
  asked: { lotId: string; command: LotCommand; reason: string },
  { actor }: By,
): Promise<void> {
  const { lotId, command, reason } = asked;
  const lot = await loadLot(tx, lotId);
  if (lot === null) throw unknownLot(lotId);
  const to = decideStatus(lot, command);
  await saveStatus(tx, { lotId, version: lot.version, status: to });
  tx.emit([
    newEvent("lot.status_changed@1", {
      tenantId: tx.tenantId,
      stream: `lot:${lotId}`,
      streamVersion: null,
      payload: { lotId, itemId: itemIdSchema.parse(lot.itemId), from: lot.status, to, reason },
      actor,
    }),
  ]);
}

export function unknownLot(lotId: string): Refusal {
  return new Refusal("lot.unknown", `There is no lot ${lotId}. Look it up by its number.`, {
    kind: "absent",
  });
}
