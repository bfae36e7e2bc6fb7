import type { CountRole } from "@millwright/contracts/states";
import { Decimal } from "@millwright/contracts/units";
import { expect, test } from "vitest";

import { add, noPieces, piecesOf } from "./pieces.ts";

type Case = { bound: CountRole[]; moved: [CountRole, number][]; good: number; scrap: number };

// DOMAIN.md: good = count.good, else total - scrap, else total.
const cases: Case[] = [
  { bound: ["count.good"], moved: [["count.good", 5]], good: 5, scrap: 0 },
  { bound: ["count.total"], moved: [["count.total", 5]], good: 5, scrap: 0 },
  {
    bound: ["count.total", "count.scrap"],
    moved: [
      ["count.total", 5],
      ["count.scrap", 2],
    ],
    good: 3,
    scrap: 2,
  },
  {
    bound: ["count.good", "count.scrap", "count.total"],
    moved: [
      ["count.total", 9],
      ["count.good", 5],
      ["count.scrap", 2],
    ],
    good: 5,
    scrap: 2,
  },
  { bound: ["count.good", "count.scrap"], moved: [["count.scrap", 2]], good: 0, scrap: 2 },
];

test.each(cases)("$bound moved $moved", ({ bound, moved, good, scrap }) => {
  const pieces = moved
    .map(([role, delta]) => piecesOf(role, new Decimal(delta), new Set(bound)))
    .reduce(add, noPieces);
  expect(pieces).toEqual({ good: new Decimal(good), scrap: new Decimal(scrap) });
});
