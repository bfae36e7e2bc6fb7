import type { Transaction } from "../../../platform/db/transaction.ts";
import { readKeptOrders } from "../store/net-change-queries.ts";
import { type KeptOrder, numberOrders } from "./number-orders.ts";

type ReadOrder = KeptOrder & { lateDays: number };

/** The orders of a plan while some of its items are planned again: read once, then as planned. */
export class KeptOrders {
  readonly #of: { planId: string; startDay: string; decimals: number };
  readonly #itemsRead = new Set<string>();
  /** By stocking point. */
  readonly #read = new Map<string, readonly ReadOrder[]>();
  readonly #now = new Map<string, readonly KeptOrder[]>();
  readonly #firstNewNumber: number;
  lastOrderNumber: number;

  constructor(of: { planId: string; startDay: string; decimals: number; lastOrderNumber: number }) {
    this.#of = of;
    this.#firstNewNumber = of.lastOrderNumber + 1;
    this.lastOrderNumber = of.lastOrderNumber;
  }

  /** Reads the orders of items that were not read before. */
  async load(tx: Transaction, itemIds: readonly string[]): Promise<void> {
    const missing = itemIds.filter((itemId) => !this.#itemsRead.has(itemId));
    if (missing.length === 0) return;
    for (const itemId of missing) this.#itemsRead.add(itemId);
    for (const [point, orders] of await readKeptOrders(tx, { ...this.#of, itemIds: missing })) {
      this.#read.set(point, orders);
    }
  }

  /** As they are now, by due day and number. */
  ofPoint(point: string): readonly KeptOrder[] {
    return this.#now.get(point) ?? this.#read.get(point) ?? [];
  }

  /** Takes what a point was planned with now, and numbers it. Whether anything became different. */
  replace(
    point: string,
    planned: readonly Omit<KeptOrder, "orderNumber" | "isProposed">[],
  ): { orders: readonly KeptOrder[]; isChanged: boolean } {
    const before = this.ofPoint(point);
    const orders = numberOrders(before, planned, () => {
      this.lastOrderNumber += 1;
      return this.lastOrderNumber;
    });
    this.#now.set(point, orders);
    const isSame =
      before.length === orders.length &&
      orders.every(({ orderNumber }, at) => orderNumber === before[at]?.orderNumber);
    return { orders, isChanged: !isSame };
  }

  /** Orders that these items had when the plan was read. */
  asRead(items: ReadonlyMap<string, unknown>): ReadOrder[] {
    return [...this.#read].flatMap(([point, orders]) =>
      items.has(itemOf(point)) ? [...orders] : [],
    );
  }

  /** How many orders of these items are new, or gone without another in their place. */
  changedOf(items: ReadonlyMap<string, unknown>): number {
    const pointsOf = Map.groupBy(new Set([...this.#read.keys(), ...this.#now.keys()]), (point) =>
      itemOf(point),
    );
    return [...items.keys()].reduce((sum, itemId) => {
      const points = pointsOf.get(itemId) ?? [];
      const now = points.flatMap((point) => [...(this.#now.get(point) ?? [])]);
      const before = points.reduce((all, point) => all + (this.#read.get(point)?.length ?? 0), 0);
      const added = now.filter(({ orderNumber }) => orderNumber >= this.#firstNewNumber).length;
      return sum + Math.max(added, before - (now.length - added));
    }, 0);
  }
}

function itemOf(point: string): string {
  return point.slice(0, uuidLength);
}

const uuidLength = 36;
