import { base64url, type CryptoKey } from "jose";

/**
 * Text that only this installation can read, and that nobody can change unnoticed: AES-256-GCM (NIST SP
 * 800-38D) under a key derived from a secret of DATA_DIR/secrets. `purpose` is part of the key, so that
 * what was sealed for one use is not taken for another.
 */
export class Seal {
  readonly #secrets: readonly string[];

  /** The first seals, all open; at least 32 characters each. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  async seal(text: string, purpose: string): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
    const key = await keyOf(this.#secrets[0] ?? "", purpose);
    const data = new TextEncoder().encode(text);
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, data));
    return base64url.encode(new Uint8Array([...iv, ...sealed]));
  }

  /** Null when it was not sealed by us for this purpose, or was changed. */
  async open(sealed: string, purpose: string): Promise<string | null> {
    for (const secret of this.#secrets) {
      try {
        const bytes = base64url.decode(sealed);
        const iv = bytes.slice(0, ivBytes);
        const key = await keyOf(secret, purpose);
        const text = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv },
          key,
          bytes.slice(ivBytes),
        );
        return new TextDecoder().decode(text);
      } catch {
        // Of another key, or not ours.
      }
    }
    return null;
  }
}

// NIST SP 800-38D, 8.2.2: 96 random bits; we seal far fewer than 2^32 texts under one key.
const ivBytes = 12;

async function keyOf(secret: string, purpose: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(`millwright seal ${purpose}`);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
