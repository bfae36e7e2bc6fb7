import type { Bom } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { type Edit, type Edits, draftInput, edit, openDraft, positionsOf } from "./draft-edits.ts";

const bom = {
  revision: "B",
  quantity: "1",
  note: "",
  byProducts: [],
  lines: [10, 20, 35].map((position) => ({
    position,
    itemId: `item-${position}`,
    quantity: "2",
    uom: "pc",
    scrapPercent: "0",
    alternates: [],
    from: null,
    to: null,
    note: "",
  })),
} as unknown as Bom;

const after = (...asked: Edit[]) => asked.reduce(edit, openDraft(bom));
const type = (value: string): Edit => ({ do: "field", key: 0, field: "quantity", value });
const ids = ({ present }: Edits) => present.lines.map(({ itemId }) => itemId);

test("undo takes back each edit in turn, redo brings it again", () => {
  const edits: Edit[] = [
    { do: "move", key: 2, to: 0 },
    { do: "remove", key: 0 },
    { do: "field", key: 1, field: "quantity", value: "7" },
  ];
  const done = after(...edits);
  const undone = edits.reduce((state) => edit(state, { do: "undo" }), done);
  expect(undone.present).toEqual(openDraft(bom).present);
  const redone = edits.reduce((state) => edit(state, { do: "redo" }), undone);
  expect(redone.present).toEqual(done.present);
  expect(edit(redone, { do: "redo" })).toBe(redone);
});

test("letters typed into one field are undone together, after a pause apart", () => {
  expect(after(type("1"), type("12"), type("12.5")).past).toHaveLength(1);
  expect(after(type("1"), { do: "pause" }, type("12")).past).toHaveLength(2);
});

test("a new edit forgets what was undone", () => {
  const edits = after({ do: "remove", key: 0 }, { do: "undo" }, { do: "remove", key: 1 });
  expect(edits.future).toEqual([]);
  expect(ids(edits)).toEqual(["item-10", "item-35"]);
});

test("keeps the positions of a drawing while they ascend, else numbers anew", () => {
  expect(
    draftInput(bom, after({ do: "remove", key: 1 }).present).lines.map((l) => l.position),
  ).toEqual([10, 35]);
  expect(positionsOf([{ position: 10 }, { position: 35 }, { position: 0 }])).toEqual([10, 35, 40]);
  const moved = after({ do: "move", key: 2, to: 0 });
  expect(ids(moved)).toEqual(["item-35", "item-10", "item-20"]);
  expect(draftInput(bom, moved.present).lines.map((line) => line.position)).toEqual([10, 20, 30]);
});

test("a move beyond the ends stays at the end; a move to its own place is no edit", () => {
  expect(ids(after({ do: "move", key: 0, to: 99 }))).toEqual(["item-20", "item-35", "item-10"]);
  expect(after({ do: "move", key: 0, to: -5 }).past).toEqual([]);
});

test("details and by-products are edits too: undone in turn, and saved with commas as points", () => {
  const alternate = {
    itemId: "steel",
    itemNumber: "ST-2",
    quantity: "1,5",
    uom: "kg",
    priority: 9,
  };
  const chips = { itemId: "chips", itemNumber: "CHIPS", quantity: "0,25", uom: "kg" };
  const edits = [
    {
      do: "details",
      key: 1,
      details: {
        from: "2026-12-01",
        to: null,
        consumption: "strict",
        step: 20,
        alternates: [alternate],
      },
    },
    { do: "byProducts", byProducts: [{ ...chips, costSharePercent: "" }] },
  ] as unknown as Edit[];
  const done = after(...edits);
  const saved = draftInput(bom, done.present);
  expect(saved.lines[1]).toMatchObject({ from: "2026-12-01", consumption: "strict", step: 20 });
  expect(saved.lines[1]?.alternates).toEqual([
    { itemId: "steel", priority: 1, quantity: "1.5", uom: "kg" },
  ]);
  expect(saved.byProducts).toEqual([
    { itemId: "chips", quantity: "0.25", uom: "kg", costSharePercent: "0" },
  ]);
  const undone = edits.reduce((state) => edit(state, { do: "undo" }), done);
  expect(undone.present).toEqual(openDraft(bom).present);
});
