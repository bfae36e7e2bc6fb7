import { z } from "zod";
import { expect, test } from "vitest";

import { uuidV7 } from "./ids.ts";

test("an id is a UUID v7 that carries its millisecond, so ids of later instants sort later", () => {
  const early = uuidV7(new Date(0x0123_4567_89ab));
  const late = uuidV7(new Date(0x0123_4567_89ac));
  expect(early).toMatch(/^01234567-89ab-7/);
  expect(z.uuidv7().safeParse(early).success).toBe(true);
  expect([late, early].toSorted()).toEqual([early, late]);
});

test("ids of one instant differ", () => {
  const now = new Date();
  expect(new Set(Array.from({ length: 1000 }, () => uuidV7(now))).size).toBe(1000);
});
