import { expect, it } from "vitest";

import { Lane } from "./lane.ts";
import { Cell } from "./session/cell.ts";
import type { EdgeNode } from "./session/edge-node.ts";
import { EdgeNodeSession } from "./session/edge-node-session.ts";
import type { InboundItem } from "./session/messages.ts";

const nodeNamed = (edgeNodeId: string) =>
  new EdgeNodeSession(
    { tenantId: "", groupId: "plant", edgeNodeId, tokenSha256: Buffer.alloc(32) },
    new Cell(),
  );
const [first, second] = [nodeNamed("first"), nodeNamed("second")];
const death = (node: EdgeNodeSession): InboundItem => ({ kind: "node_death", node, receivedMs: 0 });
const birth = (node: EdgeNodeSession): InboundItem => ({
  kind: "node_birth",
  node,
  receivedMs: 0,
  series: [],
  metrics: [],
  epoch: null,
  firstOffset: 1,
});

it("gives back what came first, no more rows than asked for, and at least one item", () => {
  const lane = new Lane();
  for (const node of [first, second, first]) lane.push(death(node));
  expect(lane.take(2).items.map(({ node }) => node)).toEqual([first, second]);
  expect(lane.rows).toBe(1);
  expect(lane.take(0.5).items).toHaveLength(1);
  expect(lane.isEmpty).toBe(true);
});

it("passes over edge nodes that are not free, and keeps their order", () => {
  const lane = new Lane();
  for (const item of [death(first), birth(second), birth(first), death(second)]) lane.push(item);
  const isSecond = (node: EdgeNode) => node === second;
  expect(lane.nodes()).toEqual(new Set([first, second]));
  expect(lane.take(1, isSecond).items.map(({ kind }) => kind)).toEqual(["node_birth"]);
  expect(lane.take(10, isSecond).items.map(({ kind }) => kind)).toEqual(["node_death"]);
  expect(lane.take(10, isSecond).items).toEqual([]);
  expect([lane.births, lane.rows]).toEqual([1, 2]);
  expect(lane.take(10).items.map(({ kind }) => kind)).toEqual(["node_death", "node_birth"]);
});

it("knows how long its oldest item has waited, also when others are taken", async () => {
  const lane = new Lane();
  expect(lane.waitedMs).toBe(0);
  lane.push(death(first));
  await new Promise((resolve) => setTimeout(resolve, 5));
  lane.push(death(second));
  const { sinceMs } = lane.take(1, (node) => node === second);
  expect(performance.now() - sinceMs).toBeLessThan(lane.waitedMs);
  lane.take(1);
  expect(lane.waitedMs).toBe(0);
});

it("gives up everything of one edge node and keeps the order of the rest", () => {
  const lane = new Lane();
  for (const item of [death(first), birth(second), birth(first), death(second)]) lane.push(item);
  expect(lane.takeOf(first).map(({ kind }) => kind)).toEqual(["node_death", "node_birth"]);
  expect(lane.births).toBe(1);
  expect(lane.take(10).items.map(({ kind }) => kind)).toEqual(["node_birth", "node_death"]);
  expect([lane.births, lane.rows]).toEqual([0, 0]);
});

it("lets nobody in while it is full, and everybody when there is room", async () => {
  const lane = new Lane();
  expect(lane.room(1)).toBeUndefined();
  lane.push(death(first));
  let isAdmitted = false;
  const admitted = lane.room(1)?.then(() => {
    isAdmitted = true;
    return isAdmitted;
  });
  lane.admitBelow(1);
  await Promise.resolve();
  expect(isAdmitted).toBe(false);
  lane.take(1);
  lane.admitBelow(1);
  expect(await admitted).toBe(true);
});
