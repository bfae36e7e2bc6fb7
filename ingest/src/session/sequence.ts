/** Messages held back for a missing one: Sparkplug brokers may swap neighbours, not hundreds. */
const heldMax = 64;

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

  /** The messages that may be handled now, in order; none when this one is early, or came twice. */
  next(seq: number, message: Message): Message[] {
    if (seq !== this.#expected) {
      const isFull = this.#held.size >= heldMax;
      if (!isFull && (seq - this.#expected + 256) % 256 <= 128) this.#held.set(seq, message);
      return isFull ? [...this.giveUp().messages, message] : [];
    }
    this.#expected = (seq + 1) % 256;
    return [message, ...this.#drain()];
  }

  /** The missing ones will not come: what is held, in order, and how many numbers were skipped. */
  giveUp(): { messages: Message[]; skipped: { first: number; last: number } | null } {
    const expected = this.#expected;
    const order = [...this.#held.keys()].sort(
      (a, b) => ((a - expected + 256) % 256) - ((b - expected + 256) % 256),
    );
    const messages = order.flatMap((seq) => this.#held.get(seq) ?? []);
    const first = order[0];
    const last = order.at(-1);
    this.#held.clear();
    if (last !== undefined) this.#expected = (last + 1) % 256;
    return {
      messages,
      skipped: first === undefined ? null : { first: expected, last: (first - 1 + 256) % 256 },
    };
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
