import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { intersect, type Range, ReplayPlan, settleMs } from "./replay-plan.ts";

/** Everything the plan wants to send now, in the order it would. */
function drain(plan: ReplayPlan, now: number): number[] {
  const sent: number[] = [];
  for (let range = plan.peek(3); range !== null; range = plan.peek(3)) {
    for (let offset = range.first; offset <= range.last; offset += 1) sent.push(offset);
    plan.advance(range.last, now);
  }
  return sent;
}

describe("replay plan", () => {
  test("the first ack brings what is missing, and what was never sent live", () => {
    const plan = new ReplayPlan();
    expect(plan.peek(10)).toBeNull();
    const missing = [{ first: 4, last: 5 }];
    plan.onAck({ contiguous: 3, missing }, { line: 9, sentEnd: 12, now: 0 });
    expect(drain(plan, 0)).toEqual([4, 5, 6, 7, 8]);
  });

  test("a later ack takes away from a pass, and never adds to it", () => {
    const plan = new ReplayPlan();
    plan.onAck({ contiguous: 0, missing: [] }, { line: 10, sentEnd: 10, now: 0 });
    plan.advance(2, 0);
    const missing = [{ first: 1, last: 6 }];
    plan.onAck({ contiguous: 0, missing }, { line: 7, sentEnd: 12, now: 0 });
    expect(drain(plan, 0)).toEqual([3, 4, 5, 6]);
  });

  test("the next pass waits until an ack can have seen the last one", () => {
    const plan = new ReplayPlan();
    const missing = [{ first: 1, last: 2 }];
    plan.onAck({ contiguous: 0, missing }, { line: 1, sentEnd: 9, now: 0 });
    expect(drain(plan, 100)).toEqual([1, 2]);
    plan.onAck({ contiguous: 0, missing }, { line: 1, sentEnd: 9, now: 100 + settleMs - 1 });
    expect(plan.peek(1)).toBeNull();
    plan.onAck({ contiguous: 0, missing }, { line: 1, sentEnd: 9, now: 100 + settleMs });
    expect(drain(plan, 3000)).toEqual([1, 2]);
  });

  test("what live has not sent yet is left to live", () => {
    const plan = new ReplayPlan();
    const missing = [{ first: 5, last: 20 }];
    plan.onAck({ contiguous: 4, missing }, { line: 1, sentEnd: 8, now: 0 });
    expect(drain(plan, 0)).toEqual([5, 6, 7]);
  });
});

function offsetsOf(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}

test("intersect keeps exactly the offsets that lie in both", () => {
  const ranges = fc
    .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 })
    .map((offsets) => offsets.toSorted((a, b) => a - b).map((first) => ({ first, last: first })));
  fc.assert(
    fc.property(
      ranges,
      fc.integer({ min: 1, max: 60 }),
      fc.nat({ max: 30 }),
      (list, first, more) => {
        const both = offsetsOf(intersect(list, [{ first, last: first + more }]));
        expect(both).toEqual(offsetsOf(list).filter((o) => o >= first && o <= first + more));
      },
    ),
  );
});
