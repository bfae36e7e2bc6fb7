import { expect, test } from "vitest";

import { Backoff } from "./backoff.ts";

test("doubles up to a bound and begins again after a success", () => {
  const backoff = new Backoff(() => 1);
  const delays = Array.from({ length: 9 }, () => backoff.next());
  expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  backoff.reset();
  expect(backoff.next()).toBe(250);
});

test("spreads the attempts of many devices", () => {
  expect(new Backoff(() => 0).next()).toBe(188);
});
