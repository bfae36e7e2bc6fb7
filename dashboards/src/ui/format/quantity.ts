/**
 * A decimal string with the digits of a language: `12500.250` → `12,500.250`. Exact at any length,
 * because Intl formats the string itself and not a float of it; trailing zeros are kept.
 */
export function formatQuantity(quantity: string, locale: string): string {
  if (!isDecimal(quantity)) return quantity;
  const digits = quantity.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(quantity);
}

/** Share of `part` in `whole` for the width of a bar, in [0, 1]; 0 when the whole is 0. */
export function shareOf(part: string, whole: string): number {
  const share = Number(part) / Number(whole);
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}

function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/** The exact sum of decimal strings, with the digits of the most precise one. */
export function sumQuantities(quantities: readonly string[]): string {
  const digits = Math.max(0, ...quantities.map((one) => one.split(".")[1]?.length ?? 0));
  const total = quantities.reduce((sum, one) => sum + scaled(one, digits), 0n);
  const text = (total < 0n ? -total : total).toString().padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const fraction = digits === 0 ? "" : `.${text.slice(-digits)}`;
  return `${total < 0n ? "-" : ""}${whole}${fraction}`;
}

function scaled(quantity: string, digits: number): bigint {
  const [whole = "0", fraction = ""] = quantity.split(".");
  return BigInt(whole + fraction.padEnd(digits, "0"));
}
