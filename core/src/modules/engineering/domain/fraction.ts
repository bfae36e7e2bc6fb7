import type { Price, Quantity } from "@millwright/contracts/units";

/** An exact ratio of whole numbers, `under` > 0. What a decimal cannot hold (a third) it can. */
export type Fraction = { readonly over: bigint; readonly under: bigint };

export const one: Fraction = { over: 1n, under: 1n };

/** "12.50" → 25/2. The text is a decimal string, as the wire has it. */
export function fractionOf(text: string): Fraction {
  const [whole = "0", decimals = ""] = text.split(".");
  return lowest({ over: BigInt(whole + decimals), under: 10n ** BigInt(decimals.length) });
}

export function times(a: Fraction, b: Fraction): Fraction {
  return lowest({ over: a.over * b.over, under: a.under * b.under });
}

export function dividedBy(a: Fraction, b: Fraction): Fraction {
  const sign = b.over < 0n ? -1n : 1n;
  return lowest({ over: a.over * b.under * sign, under: a.under * b.over * sign });
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return lowest({ over: a.over * b.under + b.over * a.under, under: a.under * b.under });
}

export function isSame(a: Fraction, b: Fraction): boolean {
  return a.over * b.under === b.over * a.under;
}

/** Nearest decimal with at most `decimals` digits after the point, halves away from zero, no trailing zeros. */
export function toDecimal({ over, under }: Fraction, decimals: number): string {
  const scaled = roundHalfUp(over * 10n ** BigInt(decimals), under);
  const sign = scaled < 0n ? "-" : "";
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** `toDecimal` as a quantity on the wire. What we print is a decimal: thousands of rows need no proof of it. */
export function toExactQuantity(value: Fraction, decimals: number): Quantity {
  return toDecimal(value, decimals) as Quantity;
}

/** `toDecimal` as money on the wire, likewise; at least 0. */
export function toPrice(value: Fraction, decimals: number): Price {
  return toDecimal(value, decimals) as Price;
}

/** over ÷ under as a whole number, halves away from zero; `under` > 0. */
export function roundHalfUp(over: bigint, under: bigint): bigint {
  const half = over < 0n ? -under : under;
  return (over * 2n + half) / (under * 2n);
}

function lowest({ over, under }: Fraction): Fraction {
  const divisor = greatestCommonDivisor(over < 0n ? -over : over, under);
  return divisor <= 1n ? { over, under } : { over: over / divisor, under: under / divisor };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
