import { Secret, TOTP } from "otpauth";

/** A new secret of 160 bits (RFC 4226, 4 R6), in base32 as authenticator apps take it. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What the QR code says. */
export function totpUri(secret: string, account: { companyName: string; email: string }): string {
  return totpOf(secret, account).toString();
}

/**
 * The 30 s step whose code this is, or null. One step to either side is taken, for clocks that differ
 * (RFC 6238, 5.2); a step that was used, or one before it, is not, so that a code seen is worth nothing.
 */
export function stepOfCode(
  secret: string,
  asked: { code: string; now: Date; lastStep: number | null },
): number | null {
  const timestamp = asked.now.getTime();
  const token = asked.code.replaceAll(/\s/g, "");
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totpOf(secret).validate({ token, timestamp, window: 1 });
  if (delta === null) return null;
  const step = Math.floor(timestamp / stepMs) + delta;
  return asked.lastStep === null || step > asked.lastStep ? step : null;
}

/** The code of a secret at an instant, as an authenticator shows it. */
export function codeAt(secret: string, now: Date): string {
  return totpOf(secret).generate({ timestamp: now.getTime() });
}

const stepMs = 30_000;

function totpOf(secret: string, account?: { companyName: string; email: string }): TOTP {
  return new TOTP({
    secret: Secret.fromBase32(secret),
    // What every authenticator app supports; SHA-1 is no weakness in HMAC here.
    algorithm: "SHA1",
    digits: 6,
    period: stepMs / 1000,
    issuer: `Millwright ${account?.companyName ?? ""}`.trim(),
    label: account?.email ?? "Millwright",
  });
}
