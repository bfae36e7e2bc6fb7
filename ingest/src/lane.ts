import type { InboundItem } from "./session/messages.ts";

type Waiting = { item: InboundItem; arrivedMs: number };

/** Items of one urgency that wait to be written, in the order they came. */
export class Lane {
  #items: Waiting[] = [];
  #rows = 0;
  #births = 0;
  #waiters: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Rows that wait. */
  get rows(): number {
    return this.#rows;
  }

  /** How long the oldest item has waited; 0 when there is none. */
  get waitedMs(): number {
    const [first] = this.#items;
    return first === undefined ? 0 : performance.now() - first.arrivedMs;
  }

  /** Births among the items: data that depend on them must not overtake them. */
  get births(): number {
    return this.#births;
  }

  push(item: InboundItem): void {
    this.#items.push({ item, arrivedMs: performance.now() });
    this.#rows += rowsOf(item);
    this.#births += birthsOf(item);
  }

  /** Edge nodes whose items wait. */
  nodes(): Set<InboundItem["node"]> {
    return new Set(this.#items.map(({ item }) => item.node));
  }

  /**
   * From the front, at least one item and no more than about `rowsMax` rows, of the edge nodes that
   * `isFree`; what is left keeps its order. `sinceMs` is when the first of them came.
   */
  take(
    rowsMax: number,
    isFree: (node: InboundItem["node"]) => boolean = () => true,
  ): { items: InboundItem[]; rows: number; sinceMs: number } {
    const items: InboundItem[] = [];
    const left: Waiting[] = [];
    let rows = 0;
    let sinceMs = performance.now();
    let looked = 0;
    for (const waiting of this.#items) {
      if (rows >= rowsMax) break;
      looked += 1;
      if (!isFree(waiting.item.node)) {
        left.push(waiting);
        continue;
      }
      if (items.length === 0) sinceMs = waiting.arrivedMs;
      items.push(waiting.item);
      rows += this.#forget(waiting.item);
    }
    this.#items = left.concat(this.#items.slice(looked));
    return { items, rows, sinceMs };
  }

  /** Everything of one edge node, in its order; the rest stays. */
  takeOf(node: InboundItem["node"]): InboundItem[] {
    return this.take(Number.POSITIVE_INFINITY, (other) => other === node).items;
  }

  /** Undefined when there is room, else resolves when `admitBelow` finds some. */
  room(rowsMax: number): Promise<void> | undefined {
    if (this.#rows < rowsMax) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  admitBelow(rowsMax: number): void {
    if (this.#rows < rowsMax) for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #forget(item: InboundItem): number {
    const rows = rowsOf(item);
    this.#rows -= rows;
    this.#births -= birthsOf(item);
    return rows;
  }
}

/** What an item costs: also one without metrics, or a flood of empty messages would wait unbounded. */
function rowsOf(item: InboundItem): number {
  return item.kind === "data" ? item.readings.count + 1 : 1;
}

function birthsOf({ kind }: InboundItem): number {
  return kind === "node_birth" || kind === "device_birth" ? 1 : 0;
}
