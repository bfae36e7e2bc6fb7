import { Decimal } from "@millwright/contracts/units";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CounterPoint, CounterState } from "./counter-state.ts";
import { advance, counterFrom, redistribute } from "./counter.ts";
import { inCountingOrder, isRepeated } from "./counting-order.ts";

const d = (value: Decimal.Value) => new Decimal(value);

const reading = (time: number, value: number, isHistorical = false) => ({
  time,
  value: new Decimal(value),
  isHistorical,
});
const told = (points: { time: number; value: Decimal }[]) =>
  points.map(({ time, value }) => [time, value.toNumber()]);

describe("readings in counting order", () => {
  const last = { time: 1000, value: new Decimal(50) };
  it("goes on counting when the source's clock steps back", () => {
    const { forward, late } = inCountingOrder([reading(400, 51), reading(500, 53)], {
      last,
      repeated: [],
    });
    expect(told(forward)).toEqual([
      [1001, 51],
      [1002, 53],
    ]);
    expect(late).toEqual([]);
  });

  it("takes an older, lower live value for one that was overtaken", () => {
    const { forward, late } = inCountingOrder([reading(900, 49), reading(1100, 52)], {
      last,
      repeated: [],
    });
    expect(told(forward)).toEqual([[1100, 52]]);
    expect(told(late)).toEqual([[900, 49]]);
  });

  it("counts an undated reading after what came before it, and tells nothing by a lower one", () => {
    const undated = { ...reading(0, 55, true), isUndated: true };
    const points = [reading(1200, 53, true), undated, { ...undated, value: d(54) }];
    const { forward, late } = inCountingOrder(points, { last, repeated: [] });
    expect(told(forward)).toEqual([
      [1200, 53],
      [1201, 55],
    ]);
    expect(late).toEqual([]);
  });

  it("sorts replayed readings among live ones by their time", () => {
    const points = [reading(1300, 60), reading(1100, 52, true), reading(900, 48, true)];
    const { forward, late } = inCountingOrder(points, { last, repeated: [] });
    expect(told(forward)).toEqual([
      [1100, 52],
      [1300, 60],
    ]);
    expect(told(late)).toEqual([[900, 48]]);
  });
});

/** A record of an edge log: `offset` is the order in which it was made, `time` what its clock said. */
type Made = CounterPoint & { offset: number };

/** Counts arrivals batch by batch as the writer does, with what is stored in a list. */
function countArrivals(batches: readonly (readonly (Made & { isHistorical: boolean })[])[]) {
  const stored = new Map<number, CounterPoint>();
  let newest = 0;
  let state: CounterState | null = null;
  for (const batch of batches) {
    const points = batch.map((made) => {
      const order = made.offset > newest ? ("newest" as const) : ("older" as const);
      newest = Math.max(newest, made.offset);
      return { ...made, order };
    });
    const first = points[0];
    if (first === undefined) continue;
    const before: CounterState = state ?? counterFrom(first);
    const { forward, late, repeated } = inCountingOrder(points, before);
    let after = { ...before, repeated };
    for (const point of forward) after = advance(after, point, null);
    for (const { time, value } of batch) stored.set(time, { time, value });
    const known = [...stored.values()].filter(({ time }) => !isRepeated(repeated, time));
    const others = known.filter(({ time }) => !late.some((one) => one.time === time));
    const moved = redistribute([after.baseline, ...others, after.last], late, null);
    state = { ...after, total: after.total.plus(moved.sum) };
  }
  return state?.total.toNumber() ?? 0;
}

const made = (offset: number, time: number, value: number, isHistorical = false) => ({
  offset,
  time,
  value: d(value),
  isHistorical,
});

describe("a clock that is set", () => {
  it("hides no piece and makes none when it was ahead and what is replayed lies before that", () => {
    const ahead = [made(1, 0, 1000), made(2, 240_000, 1001), made(3, 240_050, 1002)];
    const replayed = [made(4, 200, 1003, true), made(5, 300, 1005, true)];
    const last = [made(6, 600, 1006)];
    expect(countArrivals([ahead, replayed, last])).toBe(6);
    expect(countArrivals([ahead, last, replayed])).toBe(6);
  });

  it("hides no piece and makes none, whatever it did and in whatever order holes are filled", () => {
    const step = fc.record({
      pieces: fc.nat(5),
      clockMs: fc.oneof(
        { weight: 12, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -300_000, max: 300_000 }) },
      ),
      isHeldBack: fc.boolean(),
    });
    const arrivals = fc.record({
      steps: fc.array(step, { minLength: 2, maxLength: 40 }),
      batchSize: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(arrivals, ({ steps, batchSize }) => {
        let value = 1_000_000;
        let clock = 0;
        const log = steps.map(({ pieces, clockMs, isHeldBack }, index) => {
          value += pieces;
          clock += clockMs;
          // The first says where counting begins, the last that nothing newer is under way.
          const isLive = index === 0 || index === steps.length - 1 || !isHeldBack;
          // Nothing is older than the reading that counting began with.
          const time = index === 0 ? -1e9 : index * 7000 + clock;
          return made(index + 1, time, value, !isLive);
        });
        fc.pre(new Set(log.map(({ time }) => time)).size === log.length);
        const live = log.filter(({ isHistorical }) => !isHistorical);
        const replayed = log.filter(({ isHistorical }) => isHistorical);
        const order = [...live.slice(0, -1), ...replayed, ...live.slice(-1)];
        const batches = Array.from({ length: Math.ceil(order.length / batchSize) }, (_, at) =>
          order.slice(at * batchSize, (at + 1) * batchSize),
        );
        expect(countArrivals(batches)).toBe(value - (log[0]?.value.toNumber() ?? 0));
      }),
    );
  });
});
