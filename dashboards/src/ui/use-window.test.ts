import { expect, test } from "vitest";

import { windowOf } from "./use-window.ts";

const long = { count: 5_000, rowHeight: 40 };

test("draws a screenful and some, wherever it is scrolled to", () => {
  for (const top of [0, 39, 4_000, 199_000, 200_000, 10_000_000]) {
    const { first, end, above, below } = windowOf({ top, height: 800 }, long);
    expect(end - first).toBeLessThanOrEqual(46);
    expect(above + (end - first) * 40 + below).toBe(200_000);
    expect(first).toBeLessThanOrEqual(end);
  }
});

test("covers what is in view", () => {
  const { first, end } = windowOf({ top: 4_000, height: 800 }, long);
  expect(first).toBeLessThanOrEqual(100);
  expect(end).toBeGreaterThanOrEqual(120);
});

test("draws all of a short list", () => {
  expect(windowOf({ top: 0, height: 800 }, { count: 3, rowHeight: 40 })).toEqual({
    first: 0,
    end: 3,
    above: 0,
    below: 0,
  });
});
