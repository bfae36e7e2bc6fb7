/** What happens to the live connection, told to every open page. */
export type LiveNews =
  | { about: "connection"; state: ConnectionState }
  /** The server answered with an error: perhaps the session needs renewal. */
  | { about: "refused" }
  | { about: "message"; data: string };
export type ConnectionState = "connecting" | "live" | "lost";

/**
 * Holds the one `EventSource` of `/api/live`. The browser reconnects by itself and resumes with
 * Last-Event-ID, except after an error answer: then we start anew, and what happened in between is
 * unknown. Every connection but the first is followed by `resync`.
 */
export class LiveSource implements Disposable {
  readonly #tell: (news: LiveNews) => void;
  #source: EventSource | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #retryMs = retryMsMin;
  #wasLive = false;
  state: ConnectionState = "connecting";

  constructor(tell: (news: LiveNews) => void) {
    this.#tell = tell;
    this.#open();
  }

  #open(): void {
    const source = new EventSource("/api/live");
    this.#source = source;
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#failed(source));
    for (const kind of kinds) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        this.#tell({ about: "message", data: event.data });
      });
    }
  }

  /** Tries at once instead of at the next turn: the session was renewed. */
  reopen(): void {
    if (this.state === "live" || this.#retryTimer === null) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#open();
  }

  #opened(): void {
    this.#retryMs = retryMsMin;
    this.#change("live");
    if (this.#wasLive) this.#tell({ about: "message", data: resync });
    this.#wasLive = true;
  }

  #failed(source: EventSource): void {
    this.#change("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    this.#tell({ about: "refused" });
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      this.#open();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, retryMsMax);
  }

  #change(state: ConnectionState): void {
    this.state = state;
    this.#tell({ about: "connection", state });
  }

  [Symbol.dispose](): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#source?.close();
  }
}

const kinds = ["tile", "values", "work_order", "resync"] as const;
const resync = JSON.stringify({ kind: "resync" });
/** Quick enough for a restart of the server, slow enough for a server that is ill. */
const retryMsMin = 1_000;
const retryMsMax = 15_000;
