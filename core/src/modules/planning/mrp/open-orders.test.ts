import { toQuantity } from "@millwright/contracts/units";
import { expect, test } from "vitest";

import { dayOf } from "../days.ts";
import { indexCalendar } from "../engine/mrp/calendar.ts";
import { composeInput } from "../engine/mrp/compose-input.ts";
import { ordersOf } from "../engine/mrp/planned-orders.ts";
import { runMrp } from "../engine/mrp/run.ts";
import { defaultItemPolicy } from "./default-policy.ts";
import { needsOfOpenOrders } from "./open-orders.ts";

// Day 0 is a Monday, and so is 2026-12-07, day 14.
const startDay = "2026-11-23";
const weekdays = {
  name: "weekdays",
  firstDay: -70,
  working: Uint8Array.from({ length: 280 }, (_, day) => (day % 7 < 5 ? 1 : 0)),
};
const leadDays = 5;

const neededOn = (siteId: string | null, calendar: typeof weekdays | null) =>
  needsOfOpenOrders({
    receipts: [
      {
        itemId: "P",
        siteId,
        quantity: "10",
        day: "2026-12-07",
        reference: { kind: "work_order", id: "w", label: "WO-1", isFixed: false },
      },
    ],
    lines: [{ product_id: "P", component_id: "C", per_over: "1", per_under: "1", alternates: [] }],
    policies: new Map([
      [
        "P",
        {
          ...defaultItemPolicy("make"),
          leadDays,
          sites: [
            {
              siteId: "depot",
              supply: "transfer",
              fromSiteId: "works",
              leadDays,
              safetyStock: toQuantity(0),
              lotRule: { rule: "lot_for_lot" },
            },
          ],
        },
      ],
    ]),
    calendars: new Map(calendar === null ? [] : [["P", indexCalendar(calendar)]]),
    startDay,
    decimals: 0,
  }).map(({ day }) => day);

test("a work order takes its components on the day the planned order started, in working days", () => {
  const { input } = composeInput({
    decimals: 0,
    calendars: [weekdays],
    points: [
      { id: "P", kind: "make", leadDays, calendar: "weekdays" },
      { id: "C", kind: "buy" },
    ],
    lines: [{ parent: "P", component: "C", quantityPer: "1" }],
    demands: [{ point: "P", day: 14, quantity: "10" }],
  });
  const planned = ordersOf(runMrp(input), 1).map(({ due }) => dayOf(due, startDay));
  expect(planned).toEqual(["2026-11-30"]);
  expect(neededOn(null, weekdays)).toEqual(planned);
});

test("every day counts without a calendar, and where the lead time is that of a truck", () => {
  expect(neededOn(null, null)).toEqual(["2026-12-02"]);
  expect(neededOn("depot", weekdays)).toEqual(["2026-12-02"]);
});
