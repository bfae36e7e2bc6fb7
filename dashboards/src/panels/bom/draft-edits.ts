import type { Bom } from "@millwright/contracts/api";

import type { BomInput } from "../../api/engineering-shapes.ts";
import { decimal } from "../../forms/engineering/item-input.ts";

/** A line of a draft as it is edited. Its place in the list is its position. */
export type DraftLine = Bom["lines"][number] & {
  /** Of this editing only: stays with the line when it moves. */
  key: number;
};

export type DraftAlternate = DraftLine["alternates"][number];
export type DraftByProduct = Bom["byProducts"][number];

/** What a line says beside its row: when it holds, how it is taken, what may stand in for it. */
export type LineDetails = Pick<DraftLine, "from" | "to" | "consumption" | "step" | "alternates">;

export type Draft = {
  quantity: string;
  note: string;
  lines: readonly DraftLine[];
  byProducts: readonly DraftByProduct[];
};

/** What was, is, and was undone. */
export type Edits = {
  past: readonly Draft[];
  present: Draft;
  future: readonly Draft[];
  /** What was typed into last: letters of one field are undone together. */
  typing: string | null;
};

export type Edit =
  | { do: "quantity"; quantity: string }
  | { do: "field"; key: number; field: LineField; value: string }
  | { do: "details"; key: number; details: LineDetails }
  | { do: "byProducts"; byProducts: readonly DraftByProduct[] }
  | { do: "add"; line: Omit<DraftLine, "key" | "position"> }
  | { do: "remove"; key: number }
  | { do: "move"; key: number; to: number }
  | { do: "pause" }
  | { do: "undo" }
  | { do: "redo" };

export type LineField = "quantity" | "uom" | "scrapPercent" | "note";

export function openDraft(bom: Bom): Edits {
  const lines = bom.lines.map((line, key) => ({ ...line, key }));
  const { note, byProducts } = bom;
  const present = { quantity: bom.quantity as string, note, lines, byProducts };
  return { past: [], present, future: [], typing: null };
}

/** The edits after one more. Pure, so that undo is exact. */
export function edit(edits: Edits, asked: Edit): Edits {
  const { past, present, future } = edits;
  switch (asked.do) {
    case "undo": {
      const before = past.at(-1);
      if (before === undefined) return edits;
      return {
        past: past.slice(0, -1),
        present: before,
        future: [present, ...future],
        typing: null,
      };
    }
    case "redo": {
      const [next, ...later] = future;
      if (next === undefined) return edits;
      return { past: [...past, present], present: next, future: later, typing: null };
    }
    case "pause":
      return { ...edits, typing: null };
    default: {
      const next = changed(present, asked);
      if (next === present) return edits;
      const typing =
        asked.do === "field" ? `${asked.key} ${asked.field}` : asked.do === "quantity" ? "*" : null;
      const isGoingOn = typing !== null && typing === edits.typing;
      return {
        past: isGoingOn ? past : [...past, present].slice(-undoMax),
        present: next,
        future: [],
        typing,
      };
    }
  }
}

type Change = Exclude<Edit, { do: "undo" | "redo" | "pause" }>;

function changed(draft: Draft, asked: Change): Draft {
  const { lines } = draft;
  switch (asked.do) {
    case "quantity":
      return { ...draft, quantity: asked.quantity };
    case "field":
      return {
        ...draft,
        lines: lines.map((line) =>
          line.key === asked.key ? { ...line, [asked.field]: asked.value } : line,
        ),
      };
    case "details":
      return {
        ...draft,
        lines: lines.map((line) => (line.key === asked.key ? { ...line, ...asked.details } : line)),
      };
    case "byProducts":
      return { ...draft, byProducts: asked.byProducts };
    case "add": {
      const key = 1 + Math.max(-1, ...lines.map((line) => line.key));
      return { ...draft, lines: [...lines, { ...asked.line, key, position: 0 }] };
    }
    case "remove":
      return { ...draft, lines: lines.filter(({ key }) => key !== asked.key) };
    case "move": {
      const from = lines.findIndex(({ key }) => key === asked.key);
      const line = lines[from];
      const to = Math.max(0, Math.min(lines.length - 1, asked.to));
      if (line === undefined || from === to) return draft;
      return { ...draft, lines: lines.toSpliced(from, 1).toSpliced(to, 0, line) };
    }
  }
  return draft;
}

/**
 * What is saved: lines numbered by their place. The numbers that are there are kept as long as they
 * ascend, so that a drawing's item numbers survive an edit that moves nothing.
 */
export function draftInput(bom: Bom, draft: Draft): BomInput {
  const positions = positionsOf(draft.lines);
  return {
    revision: bom.revision,
    quantity: decimal(draft.quantity),
    note: draft.note,
    lines: draft.lines.map((line, index) => ({
      position: positions[index] ?? 0,
      itemId: line.itemId,
      quantity: decimal(line.quantity),
      uom: line.uom,
      scrapPercent: decimal(line.scrapPercent) || "0",
      from: line.from,
      to: line.to,
      consumption: line.consumption,
      step: line.step,
      alternates: line.alternates.map(({ itemId, quantity, uom }, place) => ({
        itemId,
        priority: place + 1,
        quantity: decimal(quantity),
        uom,
      })),
      note: line.note,
    })),
    byProducts: draft.byProducts.map(({ itemId, quantity, uom, costSharePercent }) => ({
      itemId,
      quantity: decimal(quantity),
      uom,
      costSharePercent: decimal(costSharePercent) || "0",
    })),
  };
}

/** Positions as they will be saved, by place. */
export function positionsOf(lines: readonly Pick<DraftLine, "position">[]): number[] {
  let last = 0;
  const kept: number[] = [];
  for (const { position } of lines) {
    // A new line has none yet: it follows in tens.
    const next = position === 0 ? (Math.floor(last / 10) + 1) * 10 : position;
    if (next <= last || next > positionMax) return lines.map((_, index) => (index + 1) * 10);
    kept.push(next);
    last = next;
  }
  return kept;
}

/** As the contract's `position`. */
const positionMax = 99_999;
/** Steps back: a morning of edits, and bounded, because each holds its list. */
const undoMax = 200;
