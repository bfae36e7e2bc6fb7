/** What the Sparkplug host needs of a broker, embedded or not. */
export type Transport = AsyncDisposable & {
  /** `broker` in the status: where messages come from. */
  readonly description: string;
  publish(
    topic: string,
    payload: Uint8Array,
    options: { qos: 0 | 1; retain: boolean },
  ): Promise<void>;
};

/** Where a broker hands the messages. Resolves when there is room for more: back-pressure. */
export type Receive = (topic: string, payload: Uint8Array) => void | Promise<void>;

/** What a broker tells beside messages. */
export type BrokerEvents = {
  receive: Receive;
  /** Something was refused at the door: who and why. Counted and logged by the caller. */
  refused: (what: string, detail: Record<string, unknown>) => void;
};
