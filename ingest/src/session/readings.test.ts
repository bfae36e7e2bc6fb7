import type { MetricValue } from "@millwright/contracts/sparkplug";
import { expect, test } from "vitest";

import { type Readings, ReadingsBuilder } from "./readings.ts";

const read = (readings: Readings) =>
  Array.from({ length: readings.count }, (_, at) => [
    readings.series(at),
    readings.time(at),
    readings.value(at),
    readings.quality(at),
  ]);

test("a reading comes out as it went in, whatever its value is", () => {
  const builder = new ReadingsBuilder();
  const rows: [number, number | null, MetricValue, number | null][] = [
    [0, 1_795_000_000_000, 0.1, null],
    [1, null, -42, 192],
    [2, 1, true, 0],
    [3, 2, false, 500],
    [4, 3, null, 0],
    [5, 4, "Fräse – 铣", null],
    [6, 5, new Uint8Array([1, 2]), null],
    [7, 6, 2n ** 64n - 1n, null],
    [8, 7, Number.NaN, null],
    [9, 8, Number.POSITIVE_INFINITY, null],
  ];
  for (const row of rows) builder.add(...row);
  expect(read(builder.finish())).toEqual(rows);
  // What a number holds exactly is one.
  builder.add(0, 1, 9_007_199_254_740_991n, null);
  expect(read(builder.finish())).toEqual([[0, 1, 9_007_199_254_740_991, null]]);
});

test("messages do not share what they say, also when they are longer than any before", () => {
  const builder = new ReadingsBuilder();
  const messages = [1, 1000, 3].map((length) => {
    for (let at = 0; at < length; at += 1) builder.add(at, length, `${length}/${at}`, null);
    return builder.finish();
  });
  expect(messages.map(({ count }) => count)).toEqual([1, 1000, 3]);
  expect(messages.map((message) => message.value(0))).toEqual(["1/0", "1000/0", "3/0"]);
  expect(messages[1]?.value(999)).toBe("1000/999");
  builder.add(1, 1, "broken off", null);
  builder.forget();
  expect(builder.finish().count).toBe(0);
});
