import { expect, test } from "vitest";

import { addLive, pointsToDraw } from "./trend-points.ts";

const alive = { now: 100, isAlive: true };

test("live points follow the stored ones and the last value is held until now", () => {
  const drawn = pointsToDraw(
    { times: [10, 20], values: [1, 2] },
    { times: [20, 30], values: [9, 3] },
    alive,
  );
  expect(drawn).toEqual({ times: [10, 20, 30, 100], values: [1, 2, 3, 3] });
});

test("a hole stays a hole, and a dead device holds nothing", () => {
  const stored = { times: [10, 20], values: [1, null] };
  const live = { times: [], values: [] };
  expect(pointsToDraw(stored, live, alive).values).toEqual([1, null]);
  const dead = { now: 100, isAlive: false };
  expect(pointsToDraw({ times: [10], values: [1] }, live, dead).times).toEqual([10]);
});

test("what lies in the future is not drawn", () => {
  const drawn = pointsToDraw(
    { times: [10, 200], values: [1, null] },
    { times: [], values: [] },
    alive,
  );
  expect(drawn).toEqual({ times: [10, 100], values: [1, 1] });
});

test("live points are bounded and ascending", () => {
  const live = { times: [], values: [] };
  for (let time = 1; time <= 10_000; time += 1) addLive(live, time, time);
  addLive(live, 5, 5);
  expect(live.times.length).toBeLessThanOrEqual(2_000);
  expect(live.times.at(-1)).toBe(10_000);
});
