import { expect, test } from "vitest";

import { products } from "../operator/products.ts";
import { bracketParts, companyItems } from "./catalogue.ts";
import { openDemands } from "./demands.ts";
import { companyWorkCenters } from "./warehouses.ts";

const numbers = new Set(companyItems.map(({ number }) => number));
const brackets = new Set(products.map(({ number }) => number));

test("about 300 items, each once, and everything named exists", () => {
  expect(companyItems.length + brackets.size).toBeGreaterThanOrEqual(280);
  expect(companyItems.length + brackets.size).toBeLessThanOrEqual(340);
  expect(numbers.size).toBe(companyItems.length);
  const parts = [
    ...companyItems.flatMap((item) => item.parts ?? []),
    ...Object.values(bracketParts).flat(),
  ];
  const named = parts.flatMap(({ number, alternate }) => [
    number,
    ...(alternate ? [alternate] : []),
  ]);
  expect(named.filter((number) => !numbers.has(number) && !brackets.has(number))).toEqual([]);
  const centers = new Set<string>(companyWorkCenters.map(({ name }) => name));
  const steps = companyItems.flatMap((item) => item.steps ?? []);
  expect(steps.filter(({ workCenter }) => !centers.has(workCenter))).toEqual([]);
});

test("the deepest structure has four levels, and what is bought has a price", () => {
  const partsOf = new Map<string, readonly { number: string }[]>([
    ...companyItems.map((item) => [item.number, item.parts ?? []] as const),
    ...Object.entries(bracketParts),
  ]);
  const depth = (number: string): number =>
    1 + Math.max(0, ...(partsOf.get(number) ?? []).map((part) => depth(part.number)));
  expect(Math.max(...[...partsOf.keys()].map(depth))).toBe(4);
  const odd = companyItems.filter((item) => (item.kind === "buy") !== (item.price !== undefined));
  expect(odd).toEqual([]);
});

test("what customers ask for exists, lies ahead and is the same every time", () => {
  const today = new Date("2026-11-21T09:00:00Z");
  const demands = openDemands(today);
  const made = new Set([...companyItems.map(({ number }) => number), ...Object.keys(bracketParts)]);
  expect(demands.filter(({ number }) => !made.has(number))).toEqual([]);
  expect(demands.every(({ dueDay }) => dueDay > "2026-11-21")).toBe(true);
  expect(demands.length).toBeGreaterThan(20);
  expect(openDemands(today)).toEqual(demands);
});
