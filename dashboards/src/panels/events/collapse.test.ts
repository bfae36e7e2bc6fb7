import type { HistoryEvent } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { collapseCounts } from "./collapse.ts";

let position = 0;

function event(type: string, payload: Record<string, unknown>): HistoryEvent {
  position += 1;
  const actor = { kind: "machine", id: "plant/gateway/saw" };
  return { position: String(position), type, recordedTime: "2026-11-21T08:00:00Z", actor, payload };
}

function count(from: number, to: number, bindingId = "good"): HistoryEvent {
  const delta = String(to - from);
  return event("machine.count_observed", { bindingId, from: String(from), to: String(to), delta });
}

function report(good: string): HistoryEvent {
  return event("operation.progress_reported", { step: 10, good, scrap: "0.1" });
}

test("a run of counts becomes one line with the exact sum", () => {
  const [line, ...rest] = collapseCounts([count(12, 14), count(11, 12), count(10, 11)]);
  expect(rest).toEqual([]);
  expect(line).toMatchObject({ count: 3, payload: { from: "10", to: "14", delta: "4" } });
});

test("counters are told apart, and another event ends the run", () => {
  const lines = collapseCounts([
    count(5, 6),
    count(0, 1, "scrap"),
    count(4, 5),
    event("machine.state_observed", { state: "producing" }),
    count(3, 4),
  ]);
  expect(lines.map((line) => [line.type, line.count])).toEqual([
    ["machine.count_observed", 2],
    ["machine.count_observed", 1],
    ["machine.state_observed", 1],
    ["machine.count_observed", 1],
  ]);
});

test("reports of one operation are added as decimals", () => {
  const [line] = collapseCounts([report("0.1"), report("0.2")]);
  expect(line?.payload).toMatchObject({ good: "0.3", scrap: "0.2" });
});
