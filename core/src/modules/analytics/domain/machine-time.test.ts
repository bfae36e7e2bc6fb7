import type { MachineState } from "@millwright/contracts/states";
import { expect, test } from "vitest";

import { type Cuts, MachineTimeFold, type MachineTimeRow } from "./machine-time.ts";

const state = (at: number, name: MachineState): MachineTimeRow => ({
  workUnitId: "m",
  at,
  state: name,
  good: 0,
  scrap: 0,
  runMs: null,
});
const pieces = (at: number, good: number, runMs: number | null): MachineTimeRow => ({
  workUnitId: "m",
  at,
  state: null,
  good,
  scrap: 1,
  runMs,
});
const folded = (
  rows: readonly MachineTimeRow[],
  to = 300,
  cuts: Cuts = { bounds: [100, 200, 300], isPlanned: [true, true] },
) => {
  const fold = new MachineTimeFold(new Map([["m", cuts]]));
  for (const row of rows) fold.add(row);
  return fold.finish(to).get("m") ?? [];
};

test("a state lies in the windows it lasts over, and one before them says how they begin", () => {
  const rows = [state(20, "producing"), state(150, "down"), state(250, "idle")];
  const [first, second] = folded(rows);
  expect(first?.stateMs).toEqual({ producing: 50, down: 50 });
  expect(second?.stateMs).toEqual({ down: 50, idle: 50 });
  // One stop, though it lasts over both windows.
  expect([first?.stops, second?.stops]).toEqual([1, 0]);
});

test("time before the first state is no_data, and what is not over yet ends now", () => {
  const [first, second] = folded([state(120, "idle")], 240);
  expect(first?.stateMs).toEqual({ no_data: 20, idle: 80 });
  expect(second?.stateMs).toEqual({ idle: 40 });
  expect(folded([])[0]?.stateMs).toEqual({ no_data: 100 });
});

test("a fact that is told twice, or from before, changes nothing", () => {
  const rows = [state(110, "idle"), state(150, "down"), state(250, "idle")];
  const again = [state(110, "idle"), state(150, "down"), state(200, "down"), state(150, "down")];
  expect(folded([...again, state(250, "idle")])).toEqual(folded(rows));
});

test("a stop counts in the first planned window it lies in, and not at all when it lies in none", () => {
  const bounds = [100, 200, 300, 400];
  const stops = (rows: readonly MachineTimeRow[], isPlanned: boolean[]) =>
    folded(rows, 400, { bounds, isPlanned }).map((window) => window.stops);
  // Down from before the shift, over it, to after it.
  const long = [state(120, "down"), state(150, "down"), state(350, "idle")];
  expect(stops(long, [false, true, false])).toEqual([0, 1, 0]);
  expect(stops(long, [true, false, true])).toEqual([1, 0, 0]);
  expect(stops([state(120, "down"), state(150, "idle")], [false, true, true])).toEqual([0, 0, 0]);
  // Down before the range began, whether that is told at its begin or from before.
  for (const at of [20, 100])
    expect(stops([state(at, "down")], [true, true, true])).toEqual([1, 0, 0]);
});

test("pieces lie in the window of their minute, exactly", () => {
  const [first, second] = folded([
    pieces(99, 5, 10),
    ...Array.from({ length: 10 }, () => pieces(199, 0.1, 10)),
    pieces(200, 2, null),
    pieces(300, 7, 10),
  ]);
  expect(first).toMatchObject({ goodMillionths: 1_000_000, scrapMillionths: 10_000_000 });
  expect(first?.plannedMs).toBeCloseTo(110, 9);
  expect(second).toMatchObject({ goodMillionths: 2_000_000, plannedPieces: 0, plannedMs: 0 });
});
