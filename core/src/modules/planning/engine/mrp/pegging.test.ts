import { expect, test } from "vitest";

import { composeInput } from "./compose-input.ts";
import { type Peg, pegDownwards, pegUpwards, suppliesOfDemand } from "./pegging.ts";
import { runMrp } from "./run.ts";

const names = ["desk", "shelf", "board", "oak"];
const { input } = composeInput({
  decimals: 0,
  points: [
    { id: "desk", kind: "make", leadDays: 1 },
    { id: "shelf", kind: "make", leadDays: 2 },
    { id: "board", kind: "make", leadDays: 1, lotRule: { rule: "fixed", quantity: "20" } },
    { id: "oak", kind: "buy", leadDays: 4, safetyStock: "3" },
  ],
  lines: [
    { parent: "desk", component: "board", quantityPer: "4" },
    { parent: "shelf", component: "board", quantityPer: "6" },
    { parent: "board", component: "oak", quantityPer: "1" },
  ],
  demands: [
    { point: "desk", day: 10, quantity: "2" },
    { point: "shelf", day: 12, quantity: "3" },
  ],
  onHand: [{ point: "board", quantity: "5" }],
});
const plan = runMrp(input);

test("downwards from a demand: its order, the boards on hand, and the oak of the lots behind", () => {
  expect(suppliesOfDemand(plan, 0).map(told)).toEqual(["2 desk: order desk 0 for demand 0"]);
  expect(pegDownwards(plan, { point: 0, ordinal: 0 }).pegs.map(told)).toEqual([
    "5 board: on_hand 0 for order desk 0",
    "3 board: order board 0 for order desk 0",
    "20 oak: order oak 0 for order board 0",
  ]);
});

test("upwards from a bought order, through both parents to their demands", () => {
  expect(pegUpwards(plan, { point: 3, ordinal: 0 }).pegs.map(told)).toEqual([
    "3 oak: order oak 0 for safety_stock",
    "20 oak: order oak 0 for order board 0",
    "3 board: order board 0 for order desk 0",
    "17 board: order board 0 for order shelf 0",
    "2 desk: order desk 0 for demand 0",
    "3 shelf: order shelf 0 for demand 1",
  ]);
});

test("a tree that is cut says so", () => {
  const tree = pegUpwards(plan, { point: 3, ordinal: 0 }, 2);
  expect(tree.pegs).toHaveLength(2);
  expect(tree.isComplete).toBe(false);
});

function told({ point, quantity, supply, need }: Peg): string {
  const order = (of: { point: number; ordinal: number }) => `${names[of.point]} ${of.ordinal}`;
  const from = "order" in supply ? order(supply.order) : supply.row;
  const to = need.kind === "order" ? order(need.order) : need.kind === "demand" ? need.row : "";
  return `${quantity} ${names[point]}: ${supply.kind} ${from} for ${need.kind} ${to}`.trimEnd();
}
