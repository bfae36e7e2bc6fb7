import { eventSchemas } from "@millwright/contracts/events";
import { createTranslator } from "use-intl/core";
import { describe, expect, test } from "vitest";

import { catalogues } from "../../messages/catalogues.ts";
import { eventWords, type EventVoice } from "./event-words.ts";

const voice: EventVoice = {
  quantity: (quantity) => quantity,
  machineState: (state) => state,
  cause: (cause) => cause,
  role: (role) => role,
  duration: (ms) => `${ms} ms`,
  siteTime: (instant) => instant,
};

function say(
  type: string,
  payload: Record<string, unknown>,
  language: "en" | "zh-CN" = "en",
): string {
  const t = createTranslator({ locale: language, messages: catalogues[language] });
  const { message, values } = eventWords({ type, payload }, voice);
  return t(message, values);
}

describe.each(["en", "zh-CN"] as const)("in %s", (language) => {
  test.each(Object.keys(eventSchemas))("%s has words", (key) => {
    const type = key.slice(0, key.indexOf("@"));
    const words = say(type, { edgeNodeId: "gateway-1" }, language);
    expect(words).not.toBe(type);
    expect(words).not.toContain("{");
  });
});

test.each([
  ["work_order.held", { reason: "no material" }, "Put on hold: no material"],
  ["work_order.held", { reason: "" }, "Put on hold"],
  [
    "operation.progress_reported",
    { step: 20, good: "12", scrap: "1" },
    "Operation 20: 12 good, 1 scrap",
  ],
  [
    "machine.count_observed",
    { role: "count.good", from: "98", to: "2", delta: "4", reset: true },
    "count.good: 4 counted, 98 → 2 (counter was reset)",
  ],
  ["machine.state_observed", { state: "down", cause: "metric" }, "down (metric)"],
  [
    "downtime.closed",
    { sourceFrom: "2026-11-21T08:00:00Z", sourceTo: "2026-11-21T08:01:00Z" },
    "Downtime ended after 60000 ms",
  ],
  [
    "record.changed",
    { label: "A-100", changes: [{ field: "name" }, { field: "uom" }] },
    "A-100 changed: name, uom",
  ],
])("%s %o is told as %s", (type, payload, words) => {
  expect(say(type, payload)).toBe(words);
});

test("an event of a later version is named, not hidden", () => {
  expect(say("invoice.posted", {})).toBe("invoice.posted");
});
