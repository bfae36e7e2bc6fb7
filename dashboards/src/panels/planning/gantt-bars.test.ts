import type { Gantt } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { barsOf } from "./gantt-bars.ts";

const saw = crypto.randomUUID();
const drill = crypto.randomUUID();
const order = crypto.randomUUID();
const bar = { workOrderId: order, number: "WO-1", itemNumber: "BR", name: "", isFixed: false };
const gantt: Gantt = {
  workCenters: [
    { workCenterId: saw, name: "Saw" },
    { workCenterId: drill, name: "Drill" },
  ],
  operations: [
    {
      ...bar,
      workCenterId: saw,
      step: 10,
      starts: "2026-11-20T08:00:00Z",
      ends: "2026-11-20T09:00:00Z",
    },
    {
      ...bar,
      workCenterId: drill,
      step: 20,
      starts: "2026-11-20T11:59:59Z",
      ends: "2026-11-20T12:00:00Z",
    },
  ],
  isCut: false,
  isLateCut: false,
  late: [{ workOrderId: order, number: "WO-1", itemNumber: "BR", lateMinutes: 5, reasons: [] }],
};
const scale = {
  startMs: Date.parse("2026-11-20T08:00:00Z"),
  endMs: Date.parse("2026-11-20T12:00:00Z"),
  width: 400,
};

test("an hour is a quarter of four; a second is still seen; who is late is marked", () => {
  const [first, second] = barsOf(gantt, scale);
  expect(first).toMatchObject({ row: 0, x: 0, width: 99, isLate: true });
  expect(first?.labels).toEqual(["WO-1 · 10", "WO-1"]);
  expect(second).toMatchObject({ row: 1, width: 2 });
});
