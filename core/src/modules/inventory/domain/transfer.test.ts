import { describe, expect, test } from "vitest";

import { receive, ship, type TransferLine } from "./transfer.ts";

const head = { transferId: "t", number: "TR-00001", state: "in_transit" } as const;
const asked: TransferLine[] = [
  { itemId: "a", itemNumber: "A", quantity: "10", shipped: "0", received: "0", lost: "0" },
  { itemId: "b", itemNumber: "B", quantity: "5", shipped: "0", received: "0", lost: "0" },
];
const sent = ship(head, asked, [
  { itemId: "a", quantity: "4" },
  { itemId: "a", quantity: "6" },
  { itemId: "b", quantity: "5" },
]);

const arrival = (arrived: { itemId: string; quantity: string }[], isComplete = false) => ({
  arrived,
  isComplete,
  reason: "pallet fell",
});

describe("shipping", () => {
  test("adds up the bins of an item", () => {
    expect(sent.map(({ shipped }) => shipped)).toEqual(["10", "5"]);
  });
  test("refuses more than asked, and what is not asked", () => {
    const more = [{ itemId: "a", quantity: "10.1" }];
    expect(() => ship(head, asked, more)).toThrow(/asks for 10 of A/);
    expect(() => ship(head, asked, [{ itemId: "c", quantity: "1" }])).toThrow(/not on transfer/);
  });
});

describe("receiving", () => {
  test("in parts, until all is here", () => {
    const first = receive(head, sent, arrival([{ itemId: "a", quantity: "7" }]));
    expect(first.state).toBe("partly_received");
    const rest = [
      { itemId: "a", quantity: "3" },
      { itemId: "b", quantity: "5" },
    ];
    const second = receive(head, first.lines, arrival(rest));
    expect(second).toMatchObject({ state: "received", lines: [{ lost: "0" }, { lost: "0" }] });
  });

  test("books out what never comes, with a reason", () => {
    const here = [{ itemId: "a", quantity: "7" }];
    const settled = receive(head, sent, arrival(here, true));
    expect(settled).toMatchObject({ state: "received", lines: [{ lost: "3" }, { lost: "5" }] });
    const silent = { ...arrival(here, true), reason: "" };
    expect(() => receive(head, sent, silent)).toThrow(/say why/);
  });

  test("refuses more than left", () => {
    const more = arrival([{ itemId: "b", quantity: "6" }]);
    expect(() => receive(head, sent, more)).toThrow(/Of B 5 left/);
  });
});
