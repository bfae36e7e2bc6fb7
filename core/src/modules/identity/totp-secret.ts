import type { Seal } from "../../platform/seal.ts";

/** Sealed for this user: copied into another user's row it opens nothing. */
export function sealTotpSecret(seal: Seal, userId: string, secret: string): Promise<string> {
  return seal.seal(secret, purposeOf(userId));
}

/** Null when it cannot be opened: then only a recovery code, or an administrator, helps. */
export async function openTotpSecret(
  seal: Seal,
  userId: string,
  stored: string,
): Promise<string | null> {
  // Versions before sealed none. What is sealed is longer: it carries 28 bytes of its own.
  return isPlain(stored) ? stored : seal.open(stored, purposeOf(userId));
}

/** 160 bits in base32, as `newTotpSecret` makes them. */
function isPlain(stored: string): boolean {
  return /^[A-Z2-7]{32}$/.test(stored);
}

function purposeOf(userId: string): string {
  return `totp secret ${userId}`;
}
