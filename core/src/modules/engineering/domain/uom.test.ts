import { standardUoms } from "@millwright/contracts/units";
import { expect, test } from "vitest";

import { toDecimal } from "./fraction.ts";
import { type Conversion, conversionFactor, decimalsOf, findUom } from "./uom.ts";

const screw = "01a8f5c0-0000-7000-8000-00000000000a";
const bolt = "01a8f5c0-0000-7000-8000-00000000000b";
const conversions: Conversion[] = [
  { itemId: screw, from: "box", to: "pc", numerator: "200", denominator: "1" },
  { itemId: null, from: "box", to: "pc", numerator: "12", denominator: "1" },
  { itemId: null, from: "pallet", to: "box", numerator: "40", denominator: "1" },
  // Three pieces weigh one kilogram: a piece is a third, which has no decimal.
  { itemId: bolt, from: "kg", to: "pc", numerator: "3", denominator: "1" },
];

test.each([
  { itemId: null, from: "kg", to: "g", factor: "1000" },
  { itemId: null, from: "g", to: "kg", factor: "0.001" },
  { itemId: null, from: "t", to: "g", factor: "1000000" },
  { itemId: null, from: "m3", to: "ml", factor: "1000000" },
  { itemId: null, from: "pallet", to: "pc", factor: "480" },
  { itemId: screw, from: "pallet", to: "pc", factor: "8000" },
  { itemId: bolt, from: "pc", to: "pc", factor: "1" },
])("one $from is $factor $to", ({ factor, ...asked }) => {
  const found = conversionFactor(conversions, asked);
  expect(found === null ? null : toDecimal(found, 12)).toBe(factor);
});

test("a third is exact: there and back again is one", () => {
  const there = conversionFactor(conversions, { itemId: bolt, from: "pc", to: "kg" });
  const back = conversionFactor(conversions, { itemId: bolt, from: "kg", to: "pc" });
  expect(there).toEqual({ over: 1n, under: 3n });
  expect(back).toEqual({ over: 3n, under: 1n });
});

test("no chain is no factor, also when another item has one", () => {
  expect(conversionFactor(conversions, { itemId: screw, from: "kg", to: "pc" })).toBeNull();
});

test("a unit of the company is known beside the standard ones", () => {
  const own = [{ uom: "box", name: "box", decimals: 0 }];
  expect(findUom(own, "box")?.decimals).toBe(0);
  expect(findUom(own, "kg")?.decimals).toBe(6);
  expect(findUom(own, "barrel")).toBeNull();
  expect(decimalsOf(own, "barrel")).toBe(6);
  expect(new Set(standardUoms.map(({ uom }) => uom)).size).toBe(standardUoms.length);
});
