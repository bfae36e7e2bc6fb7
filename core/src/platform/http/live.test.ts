import type { LiveMessage } from "@millwright/contracts/api";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { expect, test } from "vitest";

import { createMetrics } from "../observe/metrics.ts";
import { LiveHub, type Viewer } from "./live.ts";

const tenant = tenantIdSchema.parse("0190b4a0-0000-7000-8000-000000000001");
const otherTenant = tenantIdSchema.parse("0190b4a0-0000-7000-8000-000000000002");

function viewerOf(tenantId: TenantId): Viewer {
  return { tenantId, userId: null, sessionId: null, apiKeyId: null, mayHear: () => true };
}

test("a client hears its own tenant only, in order", async () => {
  const { hub } = openHub();
  const client = read(hub.open(viewerOf(tenant), undefined));
  hub.publish(otherTenant, [value(1)]);
  hub.publish(tenant, [value(2), value(3)]);
  hub[Symbol.dispose]();
  expect(timesOf(await client)).toEqual([2, 3]);
});

test("a client hears only what it may, also of what it missed", async () => {
  const { hub } = openHub();
  const nothing = { ...viewerOf(tenant), mayHear: () => false };
  const first = read(hub.open(nothing, undefined));
  const second = read(hub.open(viewerOf(tenant), undefined));
  hub.publish(tenant, [value(1), value(2)]);
  hub[Symbol.dispose]();
  expect(timesOf(await first)).toEqual([]);
  const again = read(hub.open(nothing, idsOf(await second)[0]));
  hub[Symbol.dispose]();
  expect(timesOf(await again)).toEqual([]);
});

test("a stream ends with its session, the others go on", async () => {
  const { hub } = openHub();
  const ended = read(hub.open({ ...viewerOf(tenant), sessionId: "a" }, undefined));
  const other = read(hub.open({ ...viewerOf(tenant), sessionId: "b" }, undefined));
  hub.publish(tenant, [value(1)]);
  hub.end(({ sessionId }) => sessionId === "a");
  expect(timesOf(await ended)).toEqual([1]);
  hub.publish(tenant, [value(2)]);
  hub[Symbol.dispose]();
  expect(timesOf(await other)).toEqual([1, 2]);
});

test("a client that was away for a moment gets what it missed", async () => {
  const { hub } = openHub();
  const first = read(hub.open(viewerOf(tenant), undefined));
  hub.publish(tenant, [value(1), value(2)]);
  hub[Symbol.dispose]();
  const [id] = idsOf(await first);
  const second = read(hub.open(viewerOf(tenant), id));
  hub.publish(tenant, [value(3)]);
  hub[Symbol.dispose]();
  expect(timesOf(await second)).toEqual([2, 3]);
});

test.each([
  { why: "after five minutes", ageMs: 301_000, id: (known: string) => known },
  { why: "after a restart", ageMs: 0, id: () => "other-1" },
  { why: "with an id from the future", ageMs: 0, id: (known: string) => `${known}000` },
  { why: "with nonsense", ageMs: 0, id: () => "nonsense" },
])("a client that comes back $why reads its pages again", async ({ ageMs, id }) => {
  const { hub, later } = openHub();
  const first = read(hub.open(viewerOf(tenant), undefined));
  hub.publish(tenant, [value(1), value(2)]);
  hub[Symbol.dispose]();
  const [known = ""] = idsOf(await first);
  later(ageMs);
  const second = read(hub.open(viewerOf(tenant), id(known)));
  hub[Symbol.dispose]();
  expect(await second).toContain("event: resync");
});

test("a client that does not read is told to start over, instead of filling the memory", async () => {
  const { hub } = openHub();
  const stream = hub.open(viewerOf(tenant), undefined);
  for (let time = 0; time < 20_000; time += 1) hub.publish(tenant, [value(time)]);
  const client = read(stream);
  hub.publish(tenant, [value(-1)]);
  hub[Symbol.dispose]();
  const text = await client;
  expect(text.length).toBeLessThan(2_200_000);
  expect(text).toContain("event: resync");
  expect(timesOf(text).at(-1)).toBe(-1);
});

test("nobody is asked for messages when nobody looks, until five minutes after", async () => {
  const { hub, later } = openHub();
  expect(hub.isWanted).toBe(false);
  const stream = hub.open(viewerOf(tenant), undefined);
  expect(hub.isWanted).toBe(true);
  await stream.cancel();
  expect(hub.isWanted).toBe(true);
  later(301_000);
  expect(hub.isWanted).toBe(false);
});

function openHub() {
  let now = Date.parse("2026-11-20T10:00:00Z");
  const hub = new LiveHub({ clock: { now: () => new Date(now) }, metrics: createMetrics() });
  const later = (ms: number) => {
    now += ms;
  };
  return { hub, later };
}

function value(time: number): LiveMessage {
  return {
    kind: "values",
    workUnitId: "0190b4a0-0000-7000-8000-0000000000aa",
    values: [{ metricId: "1", time, value: 1, quality: "good" }],
  };
}

async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) text += decoder.decode(chunk);
  return text;
}

function timesOf(text: string): number[] {
  return [...text.matchAll(/"time":(-?\d+)/g)].map((match) => Number(match[1]));
}

function idsOf(text: string): string[] {
  return [...text.matchAll(/^id: (.*)$/gm)].map((match) => match[1] ?? "");
}
