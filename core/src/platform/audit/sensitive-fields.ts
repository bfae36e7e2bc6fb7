/**
 * The one list of what is never shown: not in the audit trail, not in the log. A field is sensitive
 * when its name, without case and separators, contains one of these (`newPassword`, `token_sha256`).
 */
const sensitiveParts = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "totp",
  "recoverycode",
  "apikey",
  "privatekey",
  "credential",
  "authorization",
  "cookie",
] as const;
/** Too short to be looked for inside of a word: `shipping` is not a PIN. */
const sensitiveWords = ["pin", "otp", "cvc", "iban"] as const;

/** Stands for a value that was there; that a sensitive field was set or cleared stays visible. */
export const masked = "•••";

export function isSensitive(fieldName: string): boolean {
  const letters = fieldName.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  if (sensitiveParts.some((part) => letters.includes(part))) return true;
  const words = fieldName.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.split(/[^a-z0-9]+/).some((word) => sensitiveWords.some((short) => short === word));
}

/**
 * A copy without sensitive values, at any depth of plain objects and arrays. Null and undefined stay,
 * everything else of a sensitive field becomes `masked`. What is nested deeper than `depthMax` is
 * masked too: what was not looked at is not shown.
 */
export function maskSensitive(value: unknown, depth = 0): unknown {
  if (!isContainer(value)) return value;
  if (depth === depthMax) return masked;
  if (Array.isArray(value)) return value.map((entry) => maskSensitive(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, maskField(name, field, depth)]),
  );
}

function maskField(name: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value;
  return isSensitive(name) ? masked : maskSensitive(value, depth + 1);
}

// Deeper than any record of ours, and a bound for one that contains itself.
const depthMax = 12;

/** Errors, dates and class instances are left to those who know how to print them. */
function isContainer(value: unknown): value is Record<string, unknown> | unknown[] {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
