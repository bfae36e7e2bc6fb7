import type { WorkOrderState } from "@millwright/contracts/states";

import { type Random, uniform } from "../machines/random.ts";
import { products } from "./products.ts";

/** The open orders the planner looks at: state and item, oldest first. */
export type OpenOrder = { workOrderId: string; itemNumber: string; state: WorkOrderState };

export type PlannerStep =
  | { kind: "draft"; itemNumber: string; quantity: number; dueInMs: number }
  | { kind: "command"; command: "firm" | "release" | "close" | "hold"; workOrderId: string };

/** Orders kept ahead of the line in each state: six in all. */
const ahead = { draft: 2, firmed: 2, released: 2 } as const;
/** More orders at once would only wait in front of the mills (CONWIP). */
const inProgressMax = 8;
/** The newest completed orders stay open for a look before they are closed. */
const completedKept = 2;
/** Boxes of six. */
const quantities = { box: 6, boxesMin: 2, boxesMax: 5 } as const;
const dueMs = { min: 4 * 3_600_000, max: 12 * 3_600_000 } as const;

/**
 * What the planner does now, at most one step of each kind; the next round sees the result. Keeps
 * orders ahead of the line, and both mills in work by drafting the item that is least in work.
 */
export function planNext(orders: readonly OpenOrder[], random: Random): PlannerStep[] {
  const inState = (state: WorkOrderState) => orders.filter((order) => order.state === state);
  const steps: PlannerStep[] = [];
  const oldest = (command: "firm" | "release" | "close", from: readonly OpenOrder[]): void => {
    const [order] = from;
    if (order) steps.push({ kind: "command", command, workOrderId: order.workOrderId });
  };
  if (inState("completed").length > completedKept) oldest("close", inState("completed"));
  const isLineFull = inState("in_progress").length >= inProgressMax;
  if (inState("released").length < ahead.released && !isLineFull)
    oldest("release", inState("firmed"));
  if (inState("firmed").length < ahead.firmed) oldest("firm", inState("draft"));
  if (inState("draft").length < ahead.draft) steps.push(draftNext(orders, random));
  return steps;
}

/** Of all orders in progress, the one that quality takes aside now; null most of the time. */
export function orderToHold(
  orders: readonly OpenOrder[],
  options: { random: Random; chance: number },
): string | null {
  if (orders.some(({ state }) => state === "on_hold")) return null;
  if (uniform(options.random) >= options.chance) return null;
  const running = orders.filter(({ state }) => state === "in_progress");
  return running[Math.floor(uniform(options.random) * running.length)]?.workOrderId ?? null;
}

function draftNext(orders: readonly OpenOrder[], random: Random): PlannerStep {
  const inWork = (number: string): number =>
    orders.filter(({ itemNumber, state }) => itemNumber === number && state !== "completed").length;
  const candidates = products
    .map(({ number }) => ({ number, rank: inWork(number) + uniform(random) }))
    .sort((left, right) => left.rank - right.rank);
  const { box, boxesMin, boxesMax } = quantities;
  const boxes = boxesMin + Math.floor(uniform(random) * (boxesMax - boxesMin + 1));
  return {
    kind: "draft",
    itemNumber: candidates[0]?.number ?? "",
    quantity: box * boxes,
    dueInMs: dueMs.min + uniform(random) * (dueMs.max - dueMs.min),
  };
}
