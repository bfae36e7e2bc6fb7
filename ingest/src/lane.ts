import type { InboundItem } from "./session/messages.ts";

/** Items of one urgency that wait to be written, in the order they came. */
export class Lane {
  #items: InboundItem[] = [];
  #rows = 0;
  #firstItemMs = 0;
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
    return this.isEmpty ? 0 : performance.now() - this.#firstItemMs;
  }

  /** Births among the items: data that depend on them must not overtake them. */
  get births(): number {
    return this.#births;
  }

  push(item: InboundItem): void {
    if (this.isEmpty) this.#firstItemMs = performance.now();
    this.#items.push(item);
    this.#rows += rowsOf(item);
    this.#births += birthsOf(item);
  }

  /** From the front, at least one item and no more than about `rowsMax` rows. */
  take(rowsMax: number): { items: InboundItem[]; rows: number } {
    let rows = 0;
    let count = 0;
    for (const item of this.#items) {
      if (rows >= rowsMax) break;
      rows += rowsOf(item);
      this.#births -= birthsOf(item);
      count += 1;
    }
    const items = count === this.#items.length ? this.#items : this.#items.slice(0, count);
    this.#items = count === this.#items.length ? [] : this.#items.slice(count);
    this.#rows -= rows;
    this.#firstItemMs = performance.now();
    return { items, rows };
  }

  /** Everything of one edge node, in its order; the rest stays. */
  takeOf(node: InboundItem["node"]): InboundItem[] {
    const taken = this.#items.filter((item) => item.node === node);
    if (taken.length === 0) return taken;
    this.#items = this.#items.filter((item) => item.node !== node);
    for (const item of taken) {
      this.#rows -= rowsOf(item);
      this.#births -= birthsOf(item);
    }
    return taken;
  }

  /** Undefined when there is room, else resolves when `admitBelow` finds some. */
  room(rowsMax: number): Promise<void> | undefined {
    if (this.#rows < rowsMax) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  admitBelow(rowsMax: number): void {
    if (this.#rows < rowsMax) for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

/** What an item costs: also one without metrics, or a flood of empty messages would wait unbounded. */
function rowsOf(item: InboundItem): number {
  return item.kind === "data" ? item.readings.count + 1 : 1;
}

function birthsOf({ kind }: InboundItem): number {
  return kind === "node_birth" || kind === "device_birth" ? 1 : 0;
}
