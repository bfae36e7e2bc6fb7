import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { type CryptoKey, decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { z } from "zod";

import { invariant } from "../../platform/errors.ts";
import { sha256 } from "./tenant-secret.ts";

/** What an access token says: whose session it is. Roles are not in it, because they change. */
export type AccessClaims = { tenantId: TenantId; userId: string; sessionId: string };

/** After this the browser exchanges its refresh token; bounds what a stolen access token is worth. */
export const accessTokenMs = 10 * 60_000;

/**
 * Signs and checks access tokens (RFC 7519) with HMAC-SHA-256: issuer and verifier are the same
 * installation. The first key signs, all verify, each under its own `kid`: to rotate, put a new one in
 * front and take the old one away ten minutes later.
 */
export class AccessTokens {
  readonly #keys: Promise<Keys>;

  /** `secrets` are at least 32 characters each. */
  constructor(secrets: readonly string[]) {
    this.#keys = importKeys(secrets);
  }

  async sign(claims: AccessClaims, now: Date): Promise<{ text: string; expiresTime: Date }> {
    const { signing } = await this.#keys;
    const expiresTime = new Date(now.getTime() + accessTokenMs);
    const text = await new SignJWT({ tid: claims.tenantId, sid: claims.sessionId })
      .setProtectedHeader({ alg: algorithm, kid: signing.kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(claims.userId)
      .setIssuedAt(now)
      .setExpirationTime(expiresTime)
      .sign(signing.key);
    return { text, expiresTime };
  }

  /** Null for whatever is not a token of ours that is valid now. */
  async verify(text: string, now: Date): Promise<(AccessClaims & { expiresTime: Date }) | null> {
    try {
      const { byKid } = await this.#keys;
      const key = byKid.get(decodeProtectedHeader(text).kid ?? "");
      if (key === undefined) return null;
      const { payload } = await jwtVerify(text, key, {
        // Named here, so that neither `none` nor another algorithm of the header is ever tried.
        algorithms: [algorithm],
        issuer,
        audience: issuer,
        currentDate: now,
        requiredClaims: ["sub", "exp", "iat"],
      });
      const { sub, tid, sid, exp } = claimsSchema.parse(payload);
      return { tenantId: tid, userId: sub, sessionId: sid, expiresTime: new Date(exp * 1000) };
    } catch {
      return null;
    }
  }
}

const algorithm = "HS256";
const issuer = "millwright";

const claimsSchema = z.object({
  sub: z.uuid(),
  tid: tenantIdSchema,
  sid: z.uuid(),
  exp: z.number(),
});

type Keys = {
  byKid: ReadonlyMap<string, CryptoKey>;
  signing: { kid: string; key: CryptoKey };
};

async function importKeys(secrets: readonly string[]): Promise<Keys> {
  const byKid = new Map<string, CryptoKey>();
  for (const secret of secrets) byKid.set(await kidOf(secret), await importKey(secret));
  const [first] = byKid;
  invariant(first !== undefined, "there is a signing key");
  return { byKid, signing: { kid: first[0], key: first[1] } };
}

async function kidOf(secret: string): Promise<string> {
  const digest = await sha256(`millwright kid ${secret}`);
  return Array.from(digest.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", bytes, hmac, false, ["sign", "verify"]);
}
