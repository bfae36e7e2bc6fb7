import type { Caller } from "../../platform/http/caller.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Callers } from "./callers.ts";
import { changeAccess } from "./change-access.ts";
import { endSessions } from "./store/sessions.ts";

/**
 * Ends the caller's session, or another one of theirs: on every process at once, open streams included.
 * Safe to repeat. An API key has none, and nothing happens.
 */
export async function endSession(
  { platform, callers }: { platform: Platform; callers: Callers },
  { tenantId, userId, sessionId: own, actor }: Caller,
  reason: string,
  sessionId = own,
): Promise<void> {
  if (userId === null || sessionId === null) return;
  const now = platform.clock.now();
  await platform.db.inTenant(tenantId, async (tx) => {
    const ended = await endSessions(tx, { userId, sessionId }, now);
    for (const each of ended) changeAccess(tx, { userId, sessionId: each, reason }, actor);
  });
  callers.forget(tenantId, { sessionId });
}
