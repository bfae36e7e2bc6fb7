import type { Factor } from "./input.ts";

/**
 * Exact quantities: whole numbers of 10^-decimals in doubles, which are exact up to 2^53. Nothing here
 * rounds unless its name says so.
 */

/** Most decimals a plan may carry: 2^53 is then still above 9 × 10^9 units. */
export const decimalsMax = 6;

/**
 * "12.5" with two decimals → 1250. Null when the text is not a decimal number, has more decimals than
 * can be kept exactly, or lies beyond ±2^53.
 */
export function scaledFromDecimal(text: string, decimals: number): number | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "0", fraction = ""] = match;
  const kept = fraction.replace(/0+$/, "");
  if (kept.length > decimals) return null;
  const scaled = Number(`${sign}${whole}${kept.padEnd(decimals, "0")}`);
  // `-0` reads as a negative nothing further on; adding 0 makes it 0.
  return Number.isSafeInteger(scaled) ? scaled + 0 : null;
}

/** 1250 with two decimals → "12.5": plain notation without trailing zeros, as `toQuantity` writes it. */
export function decimalFromScaled(scaled: number, decimals: number): string {
  const sign = scaled < 0 ? "-" : "";
  const digits = String(Math.abs(scaled)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * What one unit of the parent takes of the component: quantity per (÷ quantityUnder) × (1 + scrap %) ÷ yield of
 * the parent, as an exact fraction in lowest terms. Null when a number is not a decimal, the quantity per
 * is not above 0, the scrap is below 0, the yield is not in (0, 100], or the fraction does not fit 2^53.
 */
export function lineFactor(line: {
  quantityPer: string;
  quantityUnder?: string;
  scrapPercent: string;
  yieldPercent: string;
}): Factor | null {
  const per = fractionFromDecimal(line.quantityPer);
  const parts = fractionFromDecimal(line.quantityUnder ?? "1");
  const scrap = fractionFromDecimal(line.scrapPercent);
  const output = fractionFromDecimal(line.yieldPercent);
  if (per === null || parts === null || scrap === null || output === null) return null;
  if (per.over <= 0n || parts.over <= 0n || scrap.over < 0n || output.over <= 0n) return null;
  if (output.over > 100n * output.under) return null;
  // per × (100 + scrap)/100 × 100/yield: the hundreds cancel.
  const over = per.over * parts.under * (100n * scrap.under + scrap.over) * output.under;
  const under = per.under * parts.over * scrap.under * output.over;
  return fraction(over, under);
}

/** In lowest terms; null when that does not fit 2^53. */
function fraction(over: bigint, under: bigint): Factor | null {
  const divisor = greatestCommonDivisor(over, under);
  const numerator = Number(over / divisor);
  const denominator = Number(under / divisor);
  const fits = Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator);
  return fits ? { numerator, denominator } : null;
}

/**
 * How much of an alternate stands in for one unit of a component, both given per unit of the parent.
 * Null as `lineFactor`.
 */
export function exchangeFactor(
  component: { quantityPer: string; quantityUnder?: string },
  alternate: { quantityPer: string; quantityUnder?: string },
): Factor | null {
  const whole = { scrapPercent: "0", yieldPercent: "100" };
  const from = lineFactor({ ...component, ...whole });
  const to = lineFactor({ ...alternate, ...whole });
  if (from === null || to === null) return null;
  return fraction(
    BigInt(to.numerator) * BigInt(from.denominator),
    BigInt(to.denominator) * BigInt(from.numerator),
  );
}

/**
 * quantity × numerator ÷ denominator, rounded up to a whole number: exact whenever the result is below
 * 2^53; otherwise some number ≥ 2^53, which netting reports. All arguments ≥ 0.
 */
export function required(quantity: number, numerator: number, denominator: number): number {
  const product = quantity * numerator;
  if (denominator === 1) return product;
  // With the product exact, the quotient k + f has f = 0 or f ≥ 1/denominator, which is more than half
  // a unit in the last place of k: division cannot round it down to k, so the ceiling is right.
  if (product <= Number.MAX_SAFE_INTEGER) return Math.ceil(product / denominator);
  return requiredBeyondDoubles(quantity, numerator, denominator);
}

/** What comes out beside an order of this quantity, rounded down: no more is promised than there is. */
export function yielded(quantity: number, numerator: number, denominator: number): number {
  return Number((BigInt(quantity) * BigInt(numerator)) / BigInt(denominator));
}

function requiredBeyondDoubles(quantity: number, numerator: number, denominator: number): number {
  if (!Number.isSafeInteger(quantity)) return Infinity;
  const over = BigInt(quantity) * BigInt(numerator);
  const under = BigInt(denominator);
  return Number((over + under - 1n) / under);
}

function fractionFromDecimal(text: string): { over: bigint; under: bigint } | null {
  const match = /^(-?\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, whole = "0", fraction = ""] = match;
  return { over: BigInt(whole + fraction), under: 10n ** BigInt(fraction.length) };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
