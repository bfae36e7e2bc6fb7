import type { Actor } from "@millwright/contracts/events";

import type { Transaction } from "../../platform/db/transaction.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import type { ChangedAccess } from "./callers.ts";

/** Tells every process that what it knows of these callers is over; in force with the commit. */
export function changeAccess(
  tx: Transaction,
  changed: ChangedAccess & { reason: string },
  actor: Actor,
): void {
  const { userId = null, sessionId = null, apiKeyId = null, reason } = changed;
  tx.emit([
    newEvent("access.changed@1", {
      tenantId: tx.tenantId,
      stream: userId === null ? `api_key:${apiKeyId}` : `user:${userId}`,
      streamVersion: null,
      payload: { userId, sessionId, apiKeyId, reason },
      actor,
    }),
  ]);
}
