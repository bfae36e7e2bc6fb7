import { type TenantId } from "@millwright/contracts/units";

import type { Authenticator, Caller, Credential } from "../../platform/http/caller.ts";
import type { Platform } from "../../platform/platform.ts";
import type { AccessTokens } from "./access-token.ts";
import { useApiKey } from "./store/api-keys.ts";
import { useSession } from "./store/sessions.ts";
import { readTenantSecret } from "./tenant-secret.ts";

/** Whom a change is about; what is absent is not. */
export type ChangedAccess = {
  userId?: string | null;
  sessionId?: string | null;
  apiKeyId?: string | null;
};

/**
 * Who asks, by credential. What was found is kept for a minute, so that a request costs no look-up. A
 * change of a user, session or key makes every process `forget` at once; the minute bounds what a lost
 * notice could cost. What is not valid is not kept: guesses would fill the memory.
 */
export class Callers implements Authenticator {
  readonly #platform: Pick<Platform, "db" | "clock">;
  readonly #tokens: AccessTokens;
  readonly #kept = new Map<string, Found>();
  /** Moves with every `forget`: what was being read then is not kept. */
  #generation = 0;

  constructor(platform: Pick<Platform, "db" | "clock">, tokens: AccessTokens) {
    this.#platform = platform;
    this.#tokens = tokens;
  }

  async authenticate(credential: Credential): Promise<Caller | null> {
    const kept = this.#kept.get(credential.text);
    if (kept !== undefined && this.#platform.clock.now() < kept.until) return kept.caller;
    const generation = this.#generation;
    const found = await this.#find(credential);
    if (found === null) return null;
    if (generation === this.#generation) this.#keep(credential.text, found);
    return found.caller;
  }

  /** Looks again at everybody the change is about. */
  forget(tenantId: TenantId, changed: ChangedAccess): void {
    this.#generation += 1;
    for (const [text, { caller }] of this.#kept) {
      if (caller.tenantId === tenantId && isAbout(changed, caller)) this.#kept.delete(text);
    }
  }

  /** Notices may have been lost: nobody is known any more. */
  forgetAll(): void {
    this.#generation += 1;
    this.#kept.clear();
  }

  #find({ kind, text }: Credential): Promise<Found | null> {
    return kind === "key" ? this.#findKey(text) : this.#findSession(text);
  }

  async #findKey(text: string): Promise<Found | null> {
    const secret = await readTenantSecret("mw_", text);
    if (secret === null) return null;
    const { tenantId, sha256 } = secret;
    const now = this.#platform.clock.now();
    const key = await this.#platform.db.inTenant(tenantId, (tx) => useApiKey(tx, sha256, now));
    if (key === null) return null;
    const { apiKeyId, name, roles } = key;
    return {
      caller: {
        tenantId,
        userId: null,
        apiKeyId,
        sessionId: null,
        name,
        actor: { kind: "system", id: `api_key:${apiKeyId}`, name },
        roles,
        attributes: {},
      },
      until: earliest(now, key.expiresTime),
    };
  }

  async #findSession(text: string): Promise<Found | null> {
    const now = this.#platform.clock.now();
    const claims = await this.#tokens.verify(text, now);
    if (claims === null) return null;
    const { tenantId, userId, sessionId } = claims;
    const user = await this.#platform.db.inTenant(tenantId, (tx) => useSession(tx, claims, now));
    if (user === null) return null;
    const { name, roles, departmentId } = user;
    return {
      caller: {
        tenantId,
        userId,
        apiKeyId: null,
        sessionId,
        name,
        actor: { kind: "person", id: userId, name, sessionId },
        roles,
        attributes: { userId, departmentId },
      },
      until: earliest(now, claims.expiresTime, user.endsTime),
    };
  }

  #keep(text: string, found: Found): void {
    this.#kept.delete(text);
    this.#kept.set(text, found);
    // A Map remembers the order of insertion: the first was looked up longest ago.
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
  }
}

type Found = { caller: Caller; until: Date };

const keptMs = 60_000;
// About 1 KB each.
const keptMax = 10_000;

function earliest(now: Date, ...ends: readonly (Date | null)[]): Date {
  const times = ends.flatMap((end) => (end === null ? [] : [end.getTime()]));
  return new Date(Math.min(now.getTime() + keptMs, ...times));
}

/** A change that names a session is about that one, not about all of its user's. */
export function isAbout(
  { userId, sessionId, apiKeyId }: ChangedAccess,
  caller: Pick<Caller, "userId" | "sessionId" | "apiKeyId">,
): boolean {
  if (sessionId != null) return sessionId === caller.sessionId;
  if (userId != null) return userId === caller.userId;
  return apiKeyId != null && apiKeyId === caller.apiKeyId;
}
