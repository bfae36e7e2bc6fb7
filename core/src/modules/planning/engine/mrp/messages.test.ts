import { expect, test } from "vitest";

import { composeInput, type PointRecord, type ReceiptRecord } from "./compose-input.ts";
import { type ActionMessage, orderMessages, receiptMessages } from "./messages.ts";
import { orderCount, ordersOf } from "./planned-orders.ts";
import { runMrp } from "./run.ts";

const bolt: PointRecord = { id: "bolt", kind: "buy", leadDays: 3 };

test("a receipt that comes too late is expedited, not ordered a second time", () => {
  const { plan, messages } = bolts({ needs: [[5, "10"]], receipts: [[9, "10"]] });
  expect(messages).toEqual([{ action: "expedite", receipt: 0, fromDay: 9, toDay: 5 }]);
  expect(orderCount(plan)).toBe(0);
});

test("a receipt that may come later is deferred, one for nothing is cancelled", () => {
  const { messages } = bolts({
    needs: [[8, "10"]],
    receipts: [
      [9, "4"],
      [2, "10"],
    ],
  });
  expect(messages).toEqual([
    { action: "cancel", receipt: 0 },
    { action: "defer", receipt: 1, fromDay: 2, toDay: 8 },
  ]);
});

test("a receipt of which less is needed is decreased; on its day it needs no other message", () => {
  const { messages } = bolts({ needs: [[8, "10.5"]], receipts: [[8, "12"]] });
  expect(messages).toEqual([{ action: "decrease", receipt: 0, toQuantity: 1050 }]);
});

test("a receipt due before the start of the plan is past due", () => {
  const { messages } = bolts({ needs: [[-2, "1"]], receipts: [[-2, "1"]] });
  expect(messages).toEqual([{ action: "past_due", receipt: 0, fromDay: -2 }]);
});

test("short inside the planning fence: the last receipt there could be increased", () => {
  const { plan, messages } = bolts({
    point: { ...bolt, planningFence: 10 },
    needs: [[7, "12"]],
    receipts: [
      [4, "5"],
      [7, "5"],
      [11, "0"],
    ],
  });
  expect(messages).toEqual([
    { action: "defer", receipt: 0, fromDay: 4, toDay: 7 },
    { action: "increase", receipt: 1, toQuantity: 700 },
  ]);
  // The plan itself does not count on it: the missing 2 come on the fence.
  expect(ordersOf(plan, 0)).toMatchObject([{ due: 10, quantity: 200 }]);
});

test("planned orders are released when they start by the horizon; those late already are past due", () => {
  const needs: [number, string][] = [
    [2, "1"],
    [4, "1"],
    [9, "1"],
  ];
  const { plan } = bolts({ needs, receipts: [] });
  expect([...orderMessages(plan, 0, 5)]).toEqual([
    { action: "past_due", order: { point: 0, ordinal: 0 } },
    { action: "release", order: { point: 0, ordinal: 1 } },
  ]);
  const phantom = bolts({ point: { ...bolt, kind: "phantom" }, needs, receipts: [] });
  expect([...orderMessages(phantom.plan, 0, 5)]).toEqual([]);
});

function bolts(given: {
  point?: PointRecord;
  needs: [day: number, quantity: string][];
  receipts: [day: number, quantity: string][];
}) {
  const { input } = composeInput({
    decimals: 2,
    points: [given.point ?? bolt],
    demands: given.needs.map(ofBolts),
    receipts: given.receipts.map(ofBolts),
  });
  const plan = runMrp(input);
  const messages: ActionMessage[] = receiptMessages(plan, 0);
  return { plan, messages };
}

function ofBolts([day, quantity]: [number, string]): ReceiptRecord {
  return { point: "bolt", day, quantity };
}
