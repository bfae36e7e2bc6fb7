import type { TenantId } from "@millwright/contracts/units";

import { Refusal } from "../../platform/errors.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Callers } from "./callers.ts";
import { changeAccess } from "./change-access.ts";
import { idleEndOf, nextToken, type SessionHold } from "./open-session.ts";
import { endSessions, keepSession, takeRefreshToken } from "./store/sessions.ts";
import { readTenantSecret } from "./tenant-secret.ts";

type Deps = { platform: Platform; callers: Callers };

/**
 * Exchanges a refresh token for the next one. A token that comes a second time was copied, and nobody can
 * tell who is the thief: the session ends, for both.
 * @throws Refusal sign_in.needed
 */
export async function refreshSession(
  { platform, callers }: Deps,
  refreshToken: string,
): Promise<{ tenantId: TenantId; session: SessionHold }> {
  const secret = await readTenantSecret("mwr_", refreshToken);
  if (secret === null) throw signInNeeded();
  const { tenantId, sha256 } = secret;
  const now = platform.clock.now();
  const outcome = await platform.db.inTenant(tenantId, async (tx) => {
    const held = await takeRefreshToken(tx, sha256, now);
    if (held === null || !held.isOpen) return null;
    const { userId, sessionId } = held;
    if (held.wasUsed) {
      await endSessions(tx, { userId, sessionId }, now);
      changeAccess(tx, { userId, sessionId, reason: "token_reused" }, thief);
      return { ended: sessionId };
    }
    const idleEndsTime = idleEndOf(now, held.endsTime);
    await keepSession(tx, sessionId, { now, idleEndsTime });
    const next = await nextToken(tx, sessionId, now);
    return { userId, sessionId, idleEndsTime, refreshToken: next };
  });
  if (outcome === null) throw signInNeeded();
  // Thrown after the commit: the end of the session must stand.
  if ("ended" in outcome) {
    callers.forget(tenantId, { sessionId: outcome.ended });
    throw signInNeeded();
  }
  return { tenantId, session: outcome };
}

const thief = { kind: "system", id: "sign_in" } as const;

export function signInNeeded(): Refusal {
  return new Refusal("sign_in.needed", "Sign in again: this session is over.", {
    kind: "not_signed_in",
  });
}
