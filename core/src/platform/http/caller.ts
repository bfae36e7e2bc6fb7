import type { Actor } from "@millwright/contracts/events";
import type { TenantId } from "@millwright/contracts/units";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";

import type { Attributes } from "../authz/catalogue.ts";

/** Who asks: a person in a session, or a program with an API key. */
export type Caller = {
  readonly tenantId: TenantId;
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  readonly sessionId: string | null;
  /** How people call them. */
  readonly name: string;
  /** What events and the audit trail name. */
  readonly actor: Actor;
  /** As given, without inherited ones. */
  readonly roles: readonly string[];
  /** What conditions of rules may name as `user.…`. */
  readonly attributes: Attributes;
};

/**
 * Knows callers by their credentials; identity is the one that does. Answers null for whatever is not
 * valid now: forged, expired, revoked, unknown. Called for every request, so it keeps what it knows.
 */
export type Authenticator = { authenticate(credential: Credential): Promise<Caller | null> };

/** `key` is `mw_…`, `token` a signed access token. */
export type Credential = { readonly kind: "key" | "token"; readonly text: string };

/** Carries the access token of a browser. HttpOnly: scripts of ours need not read it, foreign ones must not. */
export const accessCookie = "mw_access";
export const apiKeyPrefix = "mw_";

/** How a request says who asks; a header wins over the cookie, which every page of ours sends along. */
export function credentialOf(c: Context): (Credential & { isCookie: boolean }) | null {
  const header = c.req.header("authorization");
  if (header !== undefined) {
    const [scheme = "", text = "", ...more] = header.split(" ");
    if (scheme.toLowerCase() !== "bearer" || text === "" || more.length > 0) return refusedHeader;
    return { kind: text.startsWith(apiKeyPrefix) ? "key" : "token", text, isCookie: false };
  }
  const cookie = getCookie(c, accessCookie);
  return cookie === undefined ? null : { kind: "token", text: cookie, isCookie: true };
}

// Nothing is known by it: a wrong header is refused rather than answered as the cookie's user.
const refusedHeader = { kind: "token", text: "", isCookie: false } as const;
