import type { MrpRunInput } from "@millwright/contracts/api";
import type { NetChangeFallback } from "@millwright/contracts/states";
import { standardUoms } from "@millwright/contracts/units";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { ThreadProgress } from "../../../platform/threads/run-in-thread.ts";
import {
  type BasePlan,
  type Basis,
  type MeantOrder,
  readBasePlan,
  readEdgesBelow,
  readMeantOrders,
  readSums,
  readTaken,
  readUnits,
} from "../store/net-change-queries.ts";
import { type ChangedItem, readChangedItems } from "./fingerprints.ts";
import type { PlanFrame } from "./input-rows.ts";
import { KeptOrders } from "./kept-orders.ts";
import { hasCycle } from "./has-cycle.ts";
import { summaryAfter } from "./plan-figures.ts";
import { planPart, type ReplannedItem } from "./plan-part.ts";

/** What a net change puts in the place of what the plan had of some items. */
export type NetChange = {
  planId: string;
  /** The plan as it was read; it must still be so when this is stored. */
  revision: number;
  meant: readonly MeantOrder[];
  /** Items about which something had changed, with their new fingerprints. */
  changed: readonly ChangedItem[];
  replanned: readonly ReplannedItem[];
  changedOrders: number;
  lastOrderNumber: number;
  lastMessageNumber: number;
  /** Of the plan, as a full run would have it but for the time it took. */
  summary: Record<string, number>;
};

type Given = {
  planId: string;
  frame: PlanFrame;
  signal: AbortSignal;
  onProgress: (progress: ThreadProgress) => void;
};

/**
 * Finds out what has changed since a plan was made or last brought up to date, and plans that and what
 * it touches anew, level by level: an item whose orders stay what they were passes nothing on. What
 * the plan then has equals a full run at the moment of this transaction, which must be a snapshot.
 * Where that cannot be promised: the reason instead.
 *
 * Memory: at most `itemsMax` items, and the orders of what they are used in. Null: the plan is gone.
 */
export async function planNetChange(
  tx: Transaction,
  given: Given,
): Promise<NetChange | { fallback: NetChangeFallback } | null> {
  const base = await readBasePlan(tx, given.planId);
  if (base === null) return null;
  const obstacle = await obstacleIn(tx, base, given.frame);
  if (obstacle !== null || base.basis === null) return { fallback: obstacle ?? "no_basis" };
  const { planId, frame } = given;
  const changed = await readChangedItems(tx, frame, { planId, limit: itemsMax });
  if (changed === null) return { fallback: "too_many_items" };
  const cycle = await cycleBelow(tx, frame, changed);
  if (cycle !== null) return { fallback: cycle };
  const meant = await readMeantOrders(tx, planId);
  const replanning = new Replanning(tx, given, {
    decimals: base.basis.decimals,
    lastOrderNumber: base.basis.lastOrderNumber,
    asked: base.parameters,
    findings: base.findings,
  });
  replanning.touch(changed.map(({ itemId, level }) => ({ itemId, level })));
  replanning.touch(meant.map(({ itemId }) => ({ itemId, level: null })));
  const fallback = await replanning.run();
  if (fallback !== null) return { fallback };
  return resultOf(tx, base, { basis: base.basis, replanning, changed, meant });
}

/** Beyond it a full run, which does all in sets and in a thread of its own, takes less or disturbs less. */
export const itemsMax = 2_000;
/** What all goes into the items whose structure changed; read only then. */
const edgesMax = 100_000;

async function obstacleIn(
  tx: Transaction,
  { startDay, basis, findings, findingCount }: BasePlan,
  frame: PlanFrame,
): Promise<NetChangeFallback | null> {
  if (basis === null) return "no_basis";
  if (startDay !== frame.startDay) return "new_day";
  if (basis.timeZone !== frame.timeZone) return "time_zone";
  if (findingCount > findings.length) return "findings";
  return (await mostDecimals(tx)) === basis.decimals ? null : "decimals";
}

async function mostDecimals(tx: Transaction): Promise<number> {
  const standard = new Map<string, number>(
    standardUoms.map(({ uom, decimals }) => [uom, decimals]),
  );
  const units = await readUnits(tx);
  return Math.max(0, ...units.map(({ uom, decimals }) => decimals ?? standard.get(uom) ?? 0));
}

/** Whether an item became part of itself: then what is planned does not follow level by level. */
async function cycleBelow(
  tx: Transaction,
  { startDay }: PlanFrame,
  changed: readonly ChangedItem[],
): Promise<NetChangeFallback | null> {
  const itemIds = changed.filter(({ isStructure }) => isStructure).map(({ itemId }) => itemId);
  if (itemIds.length === 0) return null;
  const edges = await readEdgesBelow(tx, { startDay, itemIds, limit: edgesMax });
  if (edges === null) return "too_many_items";
  return hasCycle(edges) ? "cycle" : null;
}

type Touched = { itemId: string; level: number | null };

/** Items that wait to be planned, and those that have been; of one transaction. */
class Replanning {
  readonly orders: KeptOrders;
  readonly made = new Map<string, ReplannedItem>();
  readonly #tx: Transaction;
  readonly #given: Given;
  readonly #base: { decimals: number; asked: MrpRunInput; findings: BasePlan["findings"] };
  /** Low-level codes. One that a new line made too low costs a second planning, never a wrong one. */
  readonly #waiting = new Map<string, number>();
  /** What changed about them may change what their open orders take, whatever becomes of their own. */
  readonly #touched = new Set<string>();
  #planned = 0;

  constructor(
    tx: Transaction,
    given: Given,
    base: {
      decimals: number;
      lastOrderNumber: number;
      asked: MrpRunInput;
      findings: BasePlan["findings"];
    },
  ) {
    this.#tx = tx;
    this.#given = given;
    this.#base = base;
    const { planId, frame } = given;
    const { decimals, lastOrderNumber } = base;
    this.orders = new KeptOrders({ planId, startDay: frame.startDay, decimals, lastOrderNumber });
  }

  touch(items: readonly Touched[]): void {
    for (const { itemId } of items) this.#touched.add(itemId);
    this.#mark(items, 0);
  }

  async run(): Promise<NetChangeFallback | null> {
    const { signal, onProgress } = this.#given;
    for (let level = this.#nextLevel(); level !== null; level = this.#nextLevel()) {
      signal.throwIfAborted();
      const itemIds = this.#take(level);
      this.#planned += itemIds.length;
      if (this.#planned > itemsMax) return "too_many_items";
      onProgress({
        done: this.#planned,
        total: this.#planned + this.#waiting.size,
        note: "netting",
      });
      const part = await planPart(this.#tx, {
        ...this.#base,
        frame: this.#given.frame,
        itemIds,
        level,
        orders: this.orders,
      });
      if ("fallback" in part) return part.fallback;
      for (const item of part.items) this.made.set(item.itemId, item);
      await this.#passOn(part.items, level);
    }
    return null;
  }

  /** Marks what goes into items whose orders are others now. */
  async #passOn(items: readonly ReplannedItem[], level: number): Promise<void> {
    const passing = items
      .filter(({ itemId, isChanged }) => isChanged || this.#touched.has(itemId))
      .map(({ itemId }) => itemId);
    if (passing.length === 0) return;
    const { planId, frame } = this.#given;
    const asked = { planId, startDay: frame.startDay, itemIds: passing };
    this.#mark(await readTaken(this.#tx, asked), level + 1);
  }

  #mark(items: readonly Touched[], levelMin: number): void {
    for (const { itemId, level } of items) {
      const known = Math.max(level ?? 0, this.#waiting.get(itemId) ?? 0);
      this.#waiting.set(itemId, Math.max(known, levelMin));
    }
  }

  #nextLevel(): number | null {
    let lowest: number | null = null;
    for (const level of this.#waiting.values()) lowest = Math.min(lowest ?? level, level);
    return lowest;
  }

  #take(level: number): string[] {
    const taken = [...this.#waiting]
      .filter((entry) => entry[1] === level)
      .map(([itemId]) => itemId);
    for (const itemId of taken) this.#waiting.delete(itemId);
    return taken;
  }
}

async function resultOf(
  tx: Transaction,
  { planId, summary }: BasePlan,
  found: {
    basis: Basis;
    replanning: Replanning;
    changed: readonly ChangedItem[];
    meant: readonly MeantOrder[];
  },
): Promise<NetChange> {
  const { basis } = found;
  const { orders, made } = found.replanning;
  const items = [...made.values()];
  const sums = await readSums(tx, { planId, itemIds: items.map(({ itemId }) => itemId) });
  const rows = items.map((item) => item.rows);
  const now = {
    points: items.reduce((sum, { points }) => sum + points, 0),
    needs: items.reduce((sum, { needs }) => sum + needs, 0),
    messages: rows.reduce((sum, { messages }) => sum + messages.length, 0),
    orders: rows.flatMap((each) => each.orders),
  };
  return {
    planId,
    revision: basis.revision,
    meant: found.meant,
    changed: found.changed,
    replanned: items,
    changedOrders: orders.changedOf(made),
    lastOrderNumber: orders.lastOrderNumber,
    lastMessageNumber: basis.lastMessageNumber + now.messages,
    summary: summaryAfter(summary, { before: { ...sums, orders: orders.asRead(made) }, now }),
  };
}
