import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Sequence } from "./sequence.ts";

describe("sequence of one edge node", () => {
  // Sparkplug 3.0 tck-id-payloads-sequence-num-incrementing
  it("follows 600 messages over the wrap at 255", () => {
    const sequence = new Sequence<number>(1);
    for (let i = 1; i <= 600; i += 1) expect(sequence.next(i % 256, i).messages).toEqual([i]);
    expect(sequence.isWaiting).toBe(false);
  });

  // Sparkplug 3.0 tck-id-operational-behavior-host-reordering-success
  it("holds an early message until the missing one comes", () => {
    const sequence = new Sequence<string>(254);
    expect(sequence.next(255, "second").messages).toEqual([]);
    expect(sequence.next(0, "third").messages).toEqual([]);
    expect(sequence.isWaiting).toBe(true);
    expect(sequence.next(254, "first").messages).toEqual(["first", "second", "third"]);
    expect(sequence.isWaiting).toBe(false);
  });

  it("says what is missing when it gives up, and goes on behind it", () => {
    const sequence = new Sequence<string>(10);
    sequence.next(12, "twelve");
    sequence.next(13, "thirteen");
    expect(sequence.giveUp()).toEqual({
      messages: ["twelve", "thirteen"],
      skipped: [{ first: 10, last: 11 }],
    });
    expect(sequence.next(14, "fourteen").messages).toEqual(["fourteen"]);
  });

  it("names every hole, also over the wrap, when more is held than brokers can swap", () => {
    const sequence = new Sequence<number>(250);
    const arrived = Array.from({ length: 70 }, (_, index) => (252 + index) % 256);
    const all = arrived.filter((seq) => seq !== 3).map((seq) => sequence.next(seq, seq));
    expect(all.flatMap(({ skipped }) => skipped)).toEqual([
      { first: 250, last: 251 },
      { first: 3, last: 3 },
    ]);
    expect(all.flatMap(({ messages }) => messages)).toEqual(arrived.filter((seq) => seq !== 3));
  });

  it("drops a message that comes a second time", () => {
    const sequence = new Sequence<string>(5);
    expect(sequence.next(5, "once").messages).toEqual(["once"]);
    expect(sequence.next(5, "again").messages).toEqual([]);
    expect(sequence.next(6, "next").messages).toEqual(["next"]);
  });

  it("restores any order of a window, each message once, even when some come twice", () => {
    const arrivals = fc
      .record({ start: fc.integer({ min: 0, max: 255 }), length: fc.integer({ min: 1, max: 40 }) })
      .chain(({ start, length }) => {
        const sent = Array.from({ length }, (_, index) => start + index);
        return fc.record({
          start: fc.constant(start),
          sent: fc.constant(sent),
          arrived: fc.shuffledSubarray([...sent, ...sent], {
            minLength: sent.length * 2,
            maxLength: sent.length * 2,
          }),
        });
      });
    fc.assert(
      fc.property(arrivals, ({ start, sent, arrived }) => {
        const sequence = new Sequence<number>(start);
        expect(
          arrived.flatMap((message) => sequence.next(message % 256, message).messages),
        ).toEqual(sent);
      }),
    );
  });
});
