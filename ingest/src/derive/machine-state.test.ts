import { describe, expect, it } from "vitest";

import { backfills, silenceMs, type StatePoint } from "./machine-state.ts";

const seconds = (...times: number[]) => times.map((time) => time * 1000);
const point = (state: StatePoint["state"], time: number): StatePoint => ({
  state,
  time: time * 1000,
});

describe("state backfilled from replayed records", () => {
  it("covers the replayed stretch with the state it began in and every change", () => {
    const heartbeats = seconds(0, 10, 20, 30, 40);
    expect(backfills(heartbeats, [point("down", 15), point("producing", 35)], "producing")).toEqual(
      [
        {
          from: 0,
          to: 40_000,
          points: [point("producing", 0), point("down", 15), point("producing", 35)],
        },
      ],
    );
  });

  it("claims nothing about a silence within the replay", () => {
    const windows = backfills(seconds(0, 10, 100, 110), [], "idle");
    expect(windows.map(({ from, to }) => [from, to])).toEqual([
      [0, 10_000],
      [100_000, 110_000],
    ]);
    expect(100_000 - 10_000).toBeGreaterThan(silenceMs);
  });

  it("does not depend on the order of the records", () => {
    const readings = [point("down", 15), point("idle", 25)];
    const heartbeats = seconds(30, 0, 20, 10);
    expect(backfills(heartbeats, readings.toReversed(), "setup")).toEqual(
      backfills(
        heartbeats.toSorted((a, b) => a - b),
        readings,
        "setup",
      ),
    );
  });

  it("says nothing where no state is known", () => {
    expect(backfills(seconds(0, 10), [], null)).toEqual([]);
  });

  it("does not repeat a state that did not change", () => {
    const windows = backfills(seconds(0, 10, 20), [point("idle", 5), point("idle", 15)], "idle");
    expect(windows.map(({ points }) => points)).toEqual([[point("idle", 0)]]);
  });
});
