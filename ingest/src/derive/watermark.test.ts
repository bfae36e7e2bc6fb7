import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  admit,
  copyWatermark,
  fromMultirange,
  giveUpBelow,
  missingOf,
  rangesMax,
  toMultirange,
  type Watermark,
} from "./watermark.ts";

const empty = (): Watermark => ({ contiguous: 0, ranges: [] });

/** Every offset a watermark says is stored, up to `max`. */
function stored({ contiguous, ranges }: Watermark, max: number): number[] {
  const isStored = (offset: number) =>
    offset <= contiguous || ranges.some(({ first, last }) => first <= offset && offset <= last);
  return Array.from({ length: max }, (_, index) => index + 1).filter(isStored);
}

const offsets = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 120 });

describe("watermark of an edge log", () => {
  it("admits each offset once, in whatever order and however often it comes", () => {
    fc.assert(
      fc.property(offsets, (arrivals) => {
        const watermark = empty();
        const admitted = arrivals.filter((offset) => admit(watermark, offset) === "new");
        const different = [...new Set(arrivals)].sort((a, b) => a - b);
        expect(admitted.toSorted((a, b) => a - b)).toEqual(different);
        expect(stored(watermark, 60)).toEqual(different);
      }),
    );
  });

  it("keeps its ranges ascending, apart, and above what is contiguous", () => {
    fc.assert(
      fc.property(offsets, (arrivals) => {
        const watermark = empty();
        for (const offset of arrivals) admit(watermark, offset);
        let end = watermark.contiguous;
        for (const { first, last } of watermark.ranges) {
          expect(first).toBeGreaterThan(end + 1);
          expect(last).toBeGreaterThanOrEqual(first);
          end = last;
        }
      }),
    );
  });

  it("asks for exactly what is missing below the newest one", () => {
    fc.assert(
      fc.property(offsets, (arrivals) => {
        const watermark = empty();
        for (const offset of arrivals) admit(watermark, offset);
        const newest = Math.max(0, ...arrivals);
        const missing = missingOf(watermark).flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        const all = Array.from({ length: newest }, (_, index) => index + 1);
        expect(missing).toEqual(all.filter((offset) => !arrivals.includes(offset)));
      }),
    );
  });

  it("has no room for more ranges than an ack can name, yet always for what closes one", () => {
    const watermark = empty();
    for (let i = 0; i < rangesMax; i += 1) expect(admit(watermark, 3 + i * 2)).toBe("new");
    expect(admit(watermark, 3 + rangesMax * 2)).toBe("full");
    // Nothing was marked: the record stays in the edge log and comes again.
    expect(admit(copyWatermark(watermark), 3 + rangesMax * 2)).toBe("full");
    expect(admit(watermark, 1)).toBe("new");
    expect(admit(watermark, 2)).toBe("new");
    expect(admit(watermark, 3 + rangesMax * 2)).toBe("new");
  });

  it("gives up what the log no longer has, and tells the lost ranges", () => {
    const watermark = { contiguous: 4, ranges: [{ first: 7, last: 8 }] };
    expect(giveUpBelow(watermark, 11)).toEqual([
      { first: 5, last: 6 },
      { first: 9, last: 10 },
    ]);
    expect(watermark).toEqual({ contiguous: 10, ranges: [] });
    expect(giveUpBelow(watermark, 11)).toEqual([]);
  });

  it("loses nothing else when it gives up", () => {
    fc.assert(
      fc.property(offsets, fc.integer({ min: 1, max: 70 }), (arrivals, firstOffset) => {
        const watermark = empty();
        for (const offset of arrivals) admit(watermark, offset);
        const lost = giveUpBelow(watermark, firstOffset).flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        const below = Array.from({ length: firstOffset - 1 }, (_, index) => index + 1);
        expect(lost).toEqual(below.filter((offset) => !arrivals.includes(offset)));
        const kept = new Set([...arrivals, ...below]);
        expect(stored(watermark, 70)).toEqual([...kept].toSorted((a, b) => a - b));
      }),
    );
  });

  it("survives the database's notation", () => {
    fc.assert(
      fc.property(offsets, (arrivals) => {
        const watermark = empty();
        for (const offset of arrivals) admit(watermark, offset);
        expect(fromMultirange(toMultirange(watermark.ranges))).toEqual(watermark.ranges);
      }),
    );
  });
});
