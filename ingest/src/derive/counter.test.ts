import { Decimal } from "@millwright/contracts/units";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CounterPoint } from "./counter-state.ts";
import { advance, counterFrom, redistribute, takePending, travelOf } from "./counter.ts";

const d = (value: Decimal.Value) => new Decimal(value);
const at = (time: number, value: Decimal.Value): CounterPoint => ({ time, value: d(value) });

describe("travel between two readings of a counter", () => {
  it.each([
    { case: "counts up", a: 10, b: 14, rolloverAt: null, delta: "4", reset: false },
    { case: "stands still", a: 10, b: 10, rolloverAt: null, delta: "0", reset: false },
    {
      case: "was reset and has counted 3 since",
      a: 900,
      b: 3,
      rolloverAt: null,
      delta: "3",
      reset: true,
    },
    {
      case: "rolls over after 65535",
      a: 65_534,
      b: 2,
      rolloverAt: 65_535,
      delta: "4",
      reset: true,
    },
    {
      case: "jumps back far from the rollover: a reset",
      a: 900,
      b: 3,
      rolloverAt: 65_535,
      delta: "3",
      reset: true,
    },
    {
      case: "is exact above 2^53",
      a: "9007199254740993",
      b: "9007199254740996",
      rolloverAt: null,
      delta: "3",
      reset: false,
    },
    {
      case: "is exact in fractions",
      a: "0.1",
      b: "0.3",
      rolloverAt: null,
      delta: "0.2",
      reset: false,
    },
  ])("$case", ({ a, b, rolloverAt, delta, reset }) => {
    const travel = travelOf(d(a), d(b), rolloverAt === null ? null : d(rolloverAt));
    expect({ delta: travel.delta.toFixed(), reset: travel.reset }).toEqual({ delta, reset });
  });

  it("is never negative", () => {
    const reading = fc.integer({ min: 0, max: 70_000 });
    fc.assert(
      fc.property(reading, reading, fc.option(fc.constant(65_535)), (a, b, rolloverAt) => {
        const { delta } = travelOf(d(a), d(b), rolloverAt === null ? null : d(rolloverAt));
        expect(delta.gte(0)).toBe(true);
      }),
    );
  });
});

describe("pending travel", () => {
  it("is told once, whole, with what it began and ended at", () => {
    let state = counterFrom(at(1000, 5));
    state = advance(state, at(2000, 7), null);
    state = advance(state, at(3000, 8), null);
    const { state: told, travel } = takePending(state);
    expect(travel).toEqual({ from: at(1000, 5), to: at(3000, 8), delta: d(3), reset: false });
    expect(takePending(told).travel).toBeNull();
  });

  it("remembers a reset inside it", () => {
    let state = counterFrom(at(1000, 5));
    state = advance(state, at(2000, 1), null);
    state = advance(state, at(3000, 4), null);
    expect(takePending(state).travel).toMatchObject({ delta: d(4), reset: true });
  });
});

/** What a counter really travelled: every difference between neighbours in source-time order. */
function trueTravel(points: readonly CounterPoint[]): Decimal {
  return points
    .slice(1)
    .reduce(
      (sum, b, i) => sum.plus(travelOf(points[i]?.value ?? b.value, b.value, null).delta),
      d(0),
    );
}

/** A counter's life: mostly it counts up, sometimes it is reset; one reading every 7 s. */
const life = fc
  .array(
    fc.oneof({ weight: 6, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.constant("reset") }),
    {
      minLength: 2,
      maxLength: 60,
    },
  )
  .map((steps) => {
    let value = 100;
    return steps.map((step, index) => {
      value = typeof step === "number" ? value + step : 0;
      return at(index * 7000, value);
    });
  });

describe("late readings", () => {
  it("move pieces in time: what a live reading carried is taken from it and given to its minutes", () => {
    const known = [at(0, 100), at(300_000, 110)];
    const { entries, sum } = redistribute(known, [at(60_000, 104), at(120_000, 109)], null);
    expect(sum.toFixed()).toBe("0");
    expect(entries.map(({ sourceTo, delta }) => [sourceTo, delta.toFixed()])).toEqual([
      [60_000, "4"],
      [120_000, "5"],
      [300_000, "-9"],
    ]);
  });

  it("reveal a reset that lay between: the sum is what it hid", () => {
    const { sum } = redistribute([at(0, 100), at(60_000, 110)], [at(30_000, 2)], null);
    // Told: 10. True: 2 after the reset, then 108.
    expect(sum.toFixed()).toBe("100");
  });

  it("say nothing when they are known already", () => {
    const known = [at(0, 1), at(1000, 2), at(2000, 5)];
    expect(redistribute(known, [at(1000, 2)], null)).toEqual({ entries: [], sum: d(0) });
  });

  // The promise of the product: whatever order the pieces arrive in, they are counted once.
  it("leave the total at the true travel, whatever order the pieces arrive in", () => {
    const arrival = life.chain((points) =>
      fc.record({
        points: fc.constant(points),
        order: fc.shuffledSubarray(points, { minLength: points.length, maxLength: points.length }),
        pieceSize: fc.integer({ min: 1, max: 8 }),
      }),
    );
    fc.assert(
      fc.property(arrival, ({ points, order, pieceSize }) => {
        let known: CounterPoint[] = [];
        let total = d(0);
        for (let i = 0; i < order.length; i += pieceSize) {
          const piece = order.slice(i, i + pieceSize);
          const { entries, sum } = redistribute(known, piece, null);
          expect(entries.reduce((all, { delta }) => all.plus(delta), d(0))).toEqual(sum);
          total = total.plus(sum);
          known = [...known, ...piece].sort((a, b) => a.time - b.time);
        }
        expect(total.toFixed()).toBe(trueTravel(points).toFixed());
      }),
    );
  });

  it("agree with live counting when nothing is late", () => {
    fc.assert(
      fc.property(life, (points) => {
        const [first, ...rest] = points;
        if (first === undefined) return;
        const state = rest.reduce((s, point) => advance(s, point, null), counterFrom(first));
        expect(state.total.toFixed()).toBe(trueTravel(points).toFixed());
      }),
    );
  });

  it("never put two entries into one minute", () => {
    fc.assert(
      fc.property(life, (points) => {
        const late = points.filter((_, index) => index % 3 !== 0);
        const known = points.filter((_, index) => index % 3 === 0);
        const minutes = redistribute(known, late, null).entries.map((e) =>
          Math.floor(e.sourceTo / 60_000),
        );
        expect(new Set(minutes).size).toBe(minutes.length);
      }),
    );
  });
});
