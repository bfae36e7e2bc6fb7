import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";

/**
 * A secret that says whose it is: `<prefix><tenant>_<256 random bits>`; the prefix names its use (`mw_`
 * API key, `mwr_` refresh token, `mwl_` link). The tenant leads to the database and fences the look-up,
 * so that no query ever has to search all tenants for a digest.
 */
export type TenantSecret = {
  readonly tenantId: TenantId;
  readonly sha256: Uint8Array<ArrayBuffer>;
};
export type SecretPrefix = "mw_" | "mwr_" | "mwl_";

/** A new one, or the one of these 43 characters. The text is shown once; only the digest is stored. */
export async function makeTenantSecret(
  prefix: SecretPrefix,
  tenantId: TenantId,
  random: string = randomText(),
): Promise<{ text: string; sha256: Uint8Array<ArrayBuffer> }> {
  const text = `${prefix}${tenantId.replaceAll("-", "")}_${random}`;
  return { text, sha256: await sha256(text) };
}

/** Null when it is none of ours. */
export async function readTenantSecret(
  prefix: SecretPrefix,
  text: string,
): Promise<TenantSecret | null> {
  const [, hex] = /^mw[rl]?_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/.exec(text) ?? [];
  if (hex === undefined || !text.startsWith(prefix)) return null;
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const tenantId = tenantIdSchema.safeParse(id);
  return tenantId.success ? { tenantId: tenantId.data, sha256: await sha256(text) } : null;
}

export async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** 256 random bits in base64url: nothing to guess, so a plain digest is enough to keep. */
export function randomText(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

export function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
