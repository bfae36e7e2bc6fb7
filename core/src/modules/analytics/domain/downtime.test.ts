import { machineStates, ReasonBook } from "@millwright/contracts/states";
import { expect, test } from "vitest";

import { DowntimeFold, DowntimeTally, FirstStops, type PlannedStop } from "./downtime.ts";
import { type Cuts, MachineTimeFold } from "./machine-time.ts";

const noBook = new ReasonBook(new Map(), []);

test("the sum of the stops is the downtime of OEE, and their number its stops, whatever happened", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randomOf(seed);
    const upTo = (most: number) => Math.floor(random() * most);
    const bounds = [1000];
    const isPlanned: boolean[] = [];
    for (let i = 0; i < 1 + upTo(8); i += 1) {
      bounds.push((bounds.at(-1) ?? 0) + 1 + upTo(200));
      isPlanned.push(random() < 0.6);
    }
    const cuts: Cuts = { bounds, isPlanned };
    const end = bounds.at(-1) ?? 0;
    let at = 900;
    const rows = Array.from({ length: upTo(40) }, () => {
      at += upTo(60);
      const state = random() < 0.5 ? ("down" as const) : (machineStates[upTo(6)] ?? "idle");
      return { workUnitId: "m", at, state, good: 0, scrap: 0, runMs: null };
    });
    const oee = new MachineTimeFold(new Map([["m", cuts]]));
    const tally = new DowntimeTally();
    const fold = new DowntimeFold(new Map([["m", cuts]]), noBook, (stop) => tally.add(stop));
    // OEE reads to the end of the range; downtime looks further, for the end of the last stop.
    for (const row of rows) {
      if (row.at < end) oee.add(row);
      fold.add({ ...row, code: null });
    }
    fold.finish(end);
    const windows = oee.finish(end).get("m") ?? [];
    const planned = windows.filter((_, index) => isPlanned[index] === true);
    expect([seed, tally.total]).toEqual([
      seed,
      {
        downMs: planned.reduce((sum, { stateMs }) => sum + (stateMs.down ?? 0), 0),
        stops: windows.reduce((sum, { stops }) => sum + stops, 0),
      },
    ]);
  }
});

test("a stop is told whole, and counts with what of it is planned", () => {
  const told: PlannedStop[] = [];
  const cuts = { bounds: [100, 200, 300, 400], isPlanned: [true, false, true] };
  const fold = new DowntimeFold(new Map([["m", cuts]]), noBook, (stop) => told.push(stop));
  const rows = [
    [50, "down"],
    [120, "idle"],
    [150, "down"],
    [350, "idle"],
    [390, "down"],
    [450, "idle"],
    [460, "down"],
  ] as const;
  for (const [at, state] of rows) fold.add({ workUnitId: "m", at, state, code: null });
  fold.add({ workUnitId: "other", at: 50, state: "down", code: null });
  fold.finish(400);
  expect(told.map(({ from, to, downMs }) => [from, to, downMs])).toEqual([
    [50, 120, 20],
    [150, 350, 100],
    [390, 450, 10],
  ]);
});

test("the first of many stops are kept, in their order, and no more than twice as many", () => {
  const [longest, newest] = [new FirstStops(3, "longest"), new FirstStops(3, "newest")];
  for (let i = 0; i < 1000; i += 1) {
    longest.add(stop(i, (i * 37) % 1000));
    newest.add(stop((i * 37) % 1000, i));
  }
  expect(longest.list().map(({ downMs }) => downMs)).toEqual([999, 998, 997]);
  expect(newest.list().map(({ from }) => from)).toEqual([999, 998, 997]);
});

test("a machine with a new code for each stop makes no report without end, and the sums add up", () => {
  const tally = new DowntimeTally();
  for (let i = 0; i < 2_000; i += 1) {
    tally.add({ ...stop(i, 10), reason: { kind: "code", code: `door open ${i}` } });
  }
  tally.add(stop(3_000, 5));
  const sums = [...tally.byReason.values()];
  expect(sums).toHaveLength(502);
  expect(sums.reduce((sum, { downMs }) => sum + downMs, 0)).toBe(tally.total.downMs);
  expect(tally.byReason.get("code:…")).toMatchObject({ downMs: 15_000, stops: 1_500 });
});

function stop(from: number, downMs: number): PlannedStop {
  return { workUnitId: "m", from, to: null, code: "", downMs, reason: { kind: "none" } };
}

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
