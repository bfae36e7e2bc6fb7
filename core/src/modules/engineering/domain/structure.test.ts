import fc from "fast-check";
import { expect, test } from "vitest";

import { explode, quantityScale } from "./explode.ts";
import { type Fraction, fractionOf, one, plus, times, toDecimal } from "./fraction.ts";
import { costDecimals, costScale, rollUp } from "./roll-up.ts";
import { buildStructure, type StructureLine } from "./structure.ts";

function line(product: string, component: string, per: string): StructureLine {
  return { product, component, per: fractionOf(per) };
}

// A table: 4 legs (each 0.7 m of bar), a top (1.2 m2 of board, 8 screws), 12 screws.
const table = [
  line("table", "leg", "4"),
  line("table", "top", "1"),
  line("table", "screw", "12"),
  line("leg", "bar", "0.7"),
  line("top", "board", "1.2"),
  line("top", "screw", "8"),
];

test("an explosion adds up all ways to a component", () => {
  const structure = buildStructure(table);
  const needed = explode(structure, "table", fractionOf("10"));
  const of = (item: string) =>
    toDecimal({ over: needed[structure.indexOf.get(item) ?? -1] ?? -1n, under: quantityScale }, 6);
  expect(["table", "leg", "bar", "board", "screw"].map(of)).toEqual([
    "10",
    "40",
    "28",
    "12",
    "200",
  ]);
});

test("a roll-up costs what a hand would say, and names nothing it does not know", () => {
  const structure = buildStructure(table);
  const price: Record<string, string> = { bar: "3.50", board: "18", screw: "0.02" };
  const cost = rollUp(structure, {
    price: structure.items.map((item) => money(price[item])),
    work: structure.items.map((item) => (item === "table" ? (money("5") ?? 0n) : 0n)),
    byProductShare: structure.items.map(() => 0n),
  });
  const of = (item: string) => cost[structure.indexOf.get(item) ?? -1];
  expect(of("leg")).toBe(money("2.45"));
  expect(of("top")).toBe(money("21.76"));
  // 4 × 2.45 + 21.76 + 12 × 0.02 + 5
  expect(of("table")).toBe(money("36.80"));
  const without = rollUp(structure, {
    price: structure.items.map((item) => (item === "board" ? null : money(price[item]))),
    work: structure.items.map(() => 0n),
    byProductShare: structure.items.map(() => 0n),
  });
  expect(without[structure.indexOf.get("leg") ?? -1]).toBe(money("2.45"));
  expect(without[structure.indexOf.get("table") ?? -1]).toBeNull();
});

test("by-products bear their share", () => {
  const structure = buildStructure([line("plate", "sheet", "1")]);
  const cost = rollUp(structure, {
    price: structure.items.map((item) => (item === "sheet" ? money("100") : null)),
    work: [0n, 0n],
    byProductShare: structure.items.map((item) => (item === "plate" ? 50_000n : 0n)),
  });
  expect(cost[structure.indexOf.get("plate") ?? -1]).toBe(money("95"));
});

test("a cycle is named, shortest first, and what is not on it keeps its place", () => {
  const structure = buildStructure([
    ...table,
    line("board", "glue", "1"),
    line("glue", "top", "1"),
  ]);
  expect(structure.cycle).toEqual(["top", "board", "glue", "top"]);
  expect([...structure.sequence].map((item) => structure.items[item])).toContain("leg");
});

test("an item that needs itself is a cycle of one", () => {
  expect(buildStructure([line("a", "a", "1")]).cycle).toEqual(["a", "a"]);
});

// Against the definition: every way through the tree, in exact fractions.
test("explosions and roll-ups equal the sum over all ways", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.infiniteStream(fc.nat(999)), (count, random) => {
      const next = () => random.next().value ?? 0;
      const lines: StructureLine[] = [];
      for (let product = 0; product < count - 1; product += 1) {
        for (let component = product + 1; component < count; component += 1) {
          if (next() % 3 === 0) {
            const per = { over: BigInt(1 + (next() % 50)), under: BigInt(1 + (next() % 8)) };
            lines.push({ product: `i${product}`, component: `i${component}`, per });
          }
        }
      }
      const structure = buildStructure(lines, ["i0"]);
      const ways = (item: string): ReadonlyMap<string, Fraction> => {
        const sum = new Map<string, Fraction>([[item, one]]);
        for (const { component, per } of lines.filter(({ product }) => product === item)) {
          for (const [below, quantity] of ways(component)) {
            sum.set(below, plus(sum.get(below) ?? { over: 0n, under: 1n }, times(per, quantity)));
          }
        }
        return sum;
      };
      const expected = ways("i0");
      const needed = explode(structure, "i0", one);
      for (const [index, item] of structure.items.entries()) {
        const exact = expected.get(item) ?? { over: 0n, under: 1n };
        const given = { over: needed[index] ?? 0n, under: quantityScale };
        expect(toDecimal(given, 6), item).toBe(toDecimal(exact, 6));
      }
    }),
    { numRuns: 200 },
  );
});

function money(text: string | undefined): bigint | null {
  if (text === undefined) return null;
  const { over, under } = fractionOf(text);
  expect(costScale % under).toBe(0n);
  expect(costDecimals).toBe(6);
  return (over * costScale) / under;
}
