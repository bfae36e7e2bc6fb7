/** Messages held back for a missing one: Sparkplug brokers may swap neighbours, not hundreds. */
const heldMax = 64;

/** Sequence numbers from `first` to `last` (0-255, wrapping) whose messages are lost. */
export type Skipped = { first: number; last: number };

export type Ordered<Message> = { messages: Message[]; skipped: Skipped[] };

/**
 * Puts messages of one edge node in the order of their sequence numbers (0-255, wrapping). A message
 * that came too early is held until the missing one comes or `giveUp` is called.
 * Sparkplug 3.0 tck-id-operational-behavior-host-reordering-start, -success
 */
export class Sequence<Message> {
  #expected: number;
  readonly #held = new Map<number, Message>();

  constructor(expected: number) {
    this.#expected = expected % 256;
  }

  get isWaiting(): boolean {
    return this.#held.size > 0;
  }

  /** Whether this is the one that is waited for. */
  isNext(seq: number): boolean {
    return seq === this.#expected;
  }

  /**
   * The messages that may be handled now, in order; none when this one is early, or came twice.
   * `skipped` is not empty when too many were held and the missing ones are given up.
   */
  next(seq: number, message: Message): Ordered<Message> {
    if (seq === this.#expected) {
      this.#expected = (seq + 1) % 256;
      return { messages: [message, ...this.#drain()], skipped: [] };
    }
    const isAhead = this.#distance(seq) <= 128;
    if (isAhead) this.#held.set(seq, message);
    return this.#held.size > heldMax ? this.giveUp() : { messages: [], skipped: [] };
  }

  /** The missing ones will not come: what is held, in order, and which numbers were skipped. */
  giveUp(): Ordered<Message> {
    const messages: Message[] = [];
    const skipped: Skipped[] = [];
    const order = [...this.#held].sort(([a], [b]) => this.#distance(a) - this.#distance(b));
    for (const [seq, message] of order) {
      if (seq !== this.#expected) skipped.push({ first: this.#expected, last: (seq + 255) % 256 });
      this.#expected = (seq + 1) % 256;
      messages.push(message);
    }
    this.#held.clear();
    return { messages, skipped };
  }

  /** How far ahead of the expected one a number is, 0-255. */
  #distance(seq: number): number {
    return (seq - this.#expected + 256) % 256;
  }

  #drain(): Message[] {
    const ready: Message[] = [];
    for (;;) {
      const message = this.#held.get(this.#expected);
      if (message === undefined) return ready;
      this.#held.delete(this.#expected);
      this.#expected = (this.#expected + 1) % 256;
      ready.push(message);
    }
  }
}
