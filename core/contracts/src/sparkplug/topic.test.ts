import { expect, it } from "vitest";

import { formatTopic, isValidId, parseTopic } from "./topic.ts";

it.each([
  [
    "spBv1.0/demo/NBIRTH/line-1",
    { type: "NBIRTH", groupId: "demo", edgeNodeId: "line-1", deviceId: null },
  ],
  [
    "spBv1.0/demo/DDATA/line-1/saw",
    { type: "DDATA", groupId: "demo", edgeNodeId: "line-1", deviceId: "saw" },
  ],
  ["spBv1.0/STATE/millwright", { type: "STATE", hostId: "millwright" }],
] as const)("reads and writes %s", (topic, parts) => {
  expect(parseTopic(topic)).toEqual(parts);
  expect(formatTopic(parts)).toBe(topic);
});

it.each([
  "spAv1.0/demo/NBIRTH/line-1",
  "spBv1.0/demo/NBIRTH/line-1/saw",
  "spBv1.0/demo/DDATA/line-1",
  "spBv1.0/demo/XDATA/line-1",
  "spBv1.0/demo/DDATA/line-1/saw/extra",
  "spBv1.0//NBIRTH/line-1",
  "spBv1.0/STATE",
  "",
])("refuses %j", (topic) => {
  expect(parseTopic(topic)).toBeNull();
});

it.each(["", "a/b", "a+b", "#"])("refuses the id %j", (id) => {
  expect(isValidId(id)).toBe(false);
});
