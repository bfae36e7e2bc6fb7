import type { Caller } from "../../platform/http/caller.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Callers } from "./callers.ts";
import { changeAccess } from "./change-access.ts";
import { endSessions, takeRefreshToken } from "./store/sessions.ts";
import { readTenantSecret } from "./tenant-secret.ts";

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

/**
 * The same for who has only the refresh token left: after ten minutes of quiet nothing else knows the
 * session, and it must not stay open behind somebody who has signed out. What is unknown ends nothing.
 */
export async function endSessionOfToken(
  { platform, callers }: { platform: Platform; callers: Callers },
  refreshToken: string,
): Promise<void> {
  const secret = await readTenantSecret("mwr_", refreshToken);
  if (secret === null) return;
  const { tenantId, sha256 } = secret;
  const now = platform.clock.now();
  const sessionId = await platform.db.inTenant(tenantId, async (tx) => {
    const held = await takeRefreshToken(tx, sha256, now);
    if (held === null) return null;
    const { userId, sessionId: found } = held;
    const ended = await endSessions(tx, { userId, sessionId: found }, now);
    const actor = { kind: "person", id: userId } as const;
    for (const each of ended) {
      changeAccess(tx, { userId, sessionId: each, reason: "signed_out" }, actor);
    }
    return found;
  });
  if (sessionId !== null) callers.forget(tenantId, { sessionId });
}
