import type { MachineState } from "./tables.ts";
import { expect, test } from "vitest";

import { reasonCodeOf } from "./downtime.ts";
import { ReasonBook, versionOf } from "./reason-book.ts";
import { stopsOf } from "./stops.ts";

/** Seconds, and a state or ("code") what the machine says. */
type Row = readonly [number, MachineState | { code: string }];

function stops(rows: readonly Row[]) {
  const told = rows.map(([second, what]) =>
    typeof what === "string"
      ? { at: second * 1000, state: what, code: null }
      : { at: second * 1000, state: null, code: what.code },
  );
  return stopsOf(told).map(({ from, to, code }) => [from / 1000, to && to / 1000, code]);
}

const says = (code: string) => ({ code });

test.each<[string, Row[], unknown[]]>([
  ["no stop", [[0, "producing"]], []],
  [
    "a stop with its code at once",
    [
      [0, "producing"],
      [10, "down"],
      [10, says("7")],
      [20, "producing"],
      [20, says("")],
    ],
    [[10, 20, "7"]],
  ],
  [
    "the first word counts, whatever follows from it",
    [
      [10, "down"],
      [11, says("7")],
      [12, says("door")],
      [20, "idle"],
    ],
    [[10, 20, "7"]],
  ],
  [
    "a word a moment before the stop is of it",
    [
      [9, says("7")],
      [10, "down"],
      [13, says("door")],
      [20, "idle"],
    ],
    [[10, 20, "7"]],
  ],
  [
    "what was said of the state before gives way to a word at the stop itself",
    [
      [8, "setup"],
      [8, says("5")],
      [10, "down"],
      [11, says("9")],
      [12, says("door")],
      [20, "idle"],
    ],
    [[10, 20, "9"]],
  ],
  [
    "a code that was never taken back gives way to a newer one",
    [
      [0, says("7")],
      [10, "down"],
      [20, "idle"],
      [30, "down"],
      [31, says("9")],
      [40, "idle"],
    ],
    [
      [10, 20, "7"],
      [30, 40, "9"],
    ],
  ],
  [
    "a code that is taken back before the stop's end stays its reason",
    [
      [10, "down"],
      [10, says("7")],
      [19, says("")],
      [20, "producing"],
    ],
    [[10, 20, "7"]],
  ],
  [
    "a word from before that is told again is no first word",
    [
      [0, says("7")],
      [10, "down"],
      [0, says("7")],
      [12, says("9")],
      [20, "idle"],
    ],
    [[10, 20, "9"]],
  ],
  [
    "nor is one that is told again during the stop, or a moment before it",
    [
      [0, says("7")],
      [9, says("7")],
      [10, "down"],
      [11, says("7")],
      [14, says("9")],
      [15, says("door")],
      [20, "idle"],
    ],
    [[10, 20, "9"]],
  ],
  [
    "points that repeat the state are one stop, and it may go on",
    [
      [10, "down"],
      [15, "down"],
      [16, says("7")],
    ],
    [[10, null, "7"]],
  ],
  [
    "silence ends a stop",
    [
      [10, "down"],
      [15, "no_data"],
      [20, "down"],
    ],
    [
      [10, 15, ""],
      [20, null, ""],
    ],
  ],
])("%s", (_, rows, expected) => {
  expect(stops(rows)).toEqual(expected);
});

const saw = "saw";
const given = (from: number, to: number | null, reasonId: string, givenTime = from) => ({
  from,
  to,
  reasonId,
  note: "",
  givenBy: "Ada",
  givenTime,
  version: 1,
});

test("a person's word wins over the machine's, and a machine's own code over that of all", () => {
  const book = new ReasonBook(new Map([[saw, [given(100, 200, "person")]]]), [
    { workUnitId: null, code: "7", reasonId: "all" },
    { workUnitId: saw, code: "7", reasonId: "own" },
  ]);
  const reasonOf = (machine: string, from: number, code: string) => {
    const reason = book.reasonOf(machine, { from, to: from + 50, code });
    return reason.kind === "reason" ? reason.reasonId : reason;
  };
  expect(reasonOf(saw, 100, "7")).toBe("person");
  expect(reasonOf(saw, 300, "7")).toBe("own");
  expect(reasonOf("mill", 100, "7")).toBe("all");
  expect(reasonOf("mill", 100, "8")).toEqual({ kind: "code", code: "8" });
  expect(reasonOf("mill", 100, "")).toEqual({ kind: "none" });
});

test("what was said holds for the stop that shares time with it, wherever late readings put its ends", () => {
  const words = [given(100, 200, "a"), given(300, 400, "b", 900), given(500, null, "c")];
  const book = new ReasonBook(new Map([[saw, words]]), []);
  const of = (from: number, to: number | null) =>
    book.givenFor(saw, { from, to }).map(({ reasonId }) => reasonId);
  expect(of(90, 150)).toEqual(["a"]);
  expect(of(150, 260)).toEqual(["a"]);
  // It only touches.
  expect(of(200, 300)).toEqual([]);
  // Two stops that turned out to be one: the newest word first.
  expect(of(150, 350)).toEqual(["b", "a"]);
  expect(of(700, null)).toEqual(["c"]);
  expect(of(450, 480)).toEqual([]);
  // Who saw one of them only has not seen what there is to be corrected.
  expect(versionOf(book.givenFor(saw, { from: 150, to: 350 }))).toBe(2);
  const both = book.reasonOf(saw, { from: 150, to: 350, code: "" });
  expect(both).toMatchObject({ reasonId: "b", given: { version: 2 } });
});

test("a code is kept as one trimmed line that the API takes, whatever a control sends", () => {
  expect(reasonCodeOf(null)).toBe("");
  expect(reasonCodeOf(" 0 ")).toBe("");
  expect(reasonCodeOf("false")).toBe("");
  expect(reasonCodeOf(" E-42 \0")).toBe("E-42");
  expect(reasonCodeOf("Door open\r\nzone 3\t")).toBe("Door open zone 3");
  // Cut at a blank, and in the middle of a character of two halves.
  expect(reasonCodeOf(`${"x".repeat(199)} y`)).toBe("x".repeat(199));
  expect(reasonCodeOf(`${"x".repeat(199)}🔥`)).toBe("x".repeat(199));
});
