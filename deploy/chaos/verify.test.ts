import { expect, test } from "vitest";

import { compare } from "./verify.ts";

const reading = { metric: "saw/count/good", timeMs: 1000, value: 7 };
const sample = { ...reading, quality: 192 };

test("a reading that is stored once is neither missing nor surplus", () => {
  expect(compare([reading], [sample])).toEqual({ missing: [], surplus: [] });
});

test("finds a reading that is not stored", () => {
  const other = { ...reading, timeMs: 1001 };
  expect(compare([reading, other], [sample])).toEqual({ missing: [other], surplus: [] });
});

test("finds a sample that is stored twice, and one nobody sent", () => {
  const ghost = { ...sample, value: 8 };
  const { missing, surplus } = compare([reading], [sample, sample, ghost]);
  expect(missing).toEqual([]);
  expect(surplus).toEqual(expect.arrayContaining([sample, ghost]));
  expect(surplus).toHaveLength(2);
});

test("a sample whose time is uncertain stands for a reading of its value, once", () => {
  const uncertain = { ...sample, timeMs: 5000, quality: 64 };
  expect(compare([reading], [uncertain])).toEqual({ missing: [], surplus: [] });
  expect(compare([reading], [uncertain, uncertain]).surplus).toEqual([uncertain]);
});

test("a sample of another time is not the reading's, when it claims to know its time", () => {
  const elsewhere = { ...sample, timeMs: 5000 };
  expect(compare([reading], [elsewhere])).toEqual({ missing: [reading], surplus: [elsewhere] });
});
