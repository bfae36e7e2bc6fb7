import fc from "fast-check";
import { expect, test } from "vitest";

import { decimalFromScaled, lineFactor, required, scaledFromDecimal } from "./quantity.ts";

test("a decimal is kept exactly or not at all", () => {
  expect(scaledFromDecimal("12.5", 2)).toBe(1250);
  expect(scaledFromDecimal("-0.10", 2)).toBe(-10);
  expect(scaledFromDecimal("0.100000", 1)).toBe(1);
  expect(scaledFromDecimal("0.001", 2)).toBeNull();
  expect(scaledFromDecimal("90071992547409.91", 2)).toBe(Number.MAX_SAFE_INTEGER);
  expect(scaledFromDecimal("90071992547409.92", 2)).toBeNull();
  for (const text of ["", "1e3", "1,5", ".5", "5.", "NaN", " 1"]) {
    expect(scaledFromDecimal(text, 2)).toBeNull();
  }
});

test("what was kept comes out again", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 6 }), (scaled, decimals) => {
      expect(scaledFromDecimal(decimalFromScaled(scaled, decimals), decimals)).toBe(scaled);
    }),
  );
  expect(decimalFromScaled(-5, 2)).toBe("-0.05");
  expect(decimalFromScaled(1200, 2)).toBe("12");
});

test("a line takes quantity per × (1 + scrap) ÷ yield", () => {
  expect(factor("3", "2", "100")).toEqual({ numerator: 153, denominator: 50 });
  expect(factor("0.25", "0", "80")).toEqual({ numerator: 5, denominator: 16 });
  for (const [per, scrap, output] of [
    ["0", "0", "100"],
    ["-1", "0", "100"],
    ["1", "-1", "100"],
    ["1", "0", "0"],
    ["1", "0", "101"],
    ["one", "0", "100"],
    ["1", "0.0000000000000000001", "100"],
  ] as const) {
    expect(factor(per, scrap, output)).toBeNull();
  }
});

test("a requirement is the exact ceiling up to 2^53, and never below it beyond", () => {
  const whole = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(fc.maxSafeNat(), whole, whole, (quantity, numerator, denominator) => {
      const over = BigInt(quantity) * BigInt(numerator);
      const exact = (over + BigInt(denominator) - 1n) / BigInt(denominator);
      const result = required(quantity, numerator, denominator);
      if (exact <= BigInt(Number.MAX_SAFE_INTEGER)) expect(BigInt(result)).toBe(exact);
      else expect(result).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
    }),
  );
});

function factor(quantityPer: string, scrapPercent: string, yieldPercent: string) {
  return lineFactor({ quantityPer, scrapPercent, yieldPercent });
}
