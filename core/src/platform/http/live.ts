import type { LiveMessage } from "@millwright/contracts/api";
import type { TenantId } from "@millwright/contracts/units";

import type { Clock } from "../clock.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Caller } from "./caller.ts";

/** Who looks: whose messages, and which kinds of them. */
export type Viewer = Pick<Caller, "tenantId" | "userId" | "sessionId" | "apiKeyId"> & {
  readonly mayHear: (kind: LiveMessage["kind"]) => boolean;
};

/**
 * Fans messages out to the open SSE streams of a tenant. The last five minutes are kept, so that a
 * client that was away resumes by Last-Event-ID; who was away longer, or reads too slowly, is told
 * `resync` and reads its pages again.
 */
export class LiveHub {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #clients = new Set<Client>();
  // The ids of another process, or of this one before a restart, must not be taken for ours.
  readonly #run = crypto.randomUUID().slice(0, 8);
  #kept: Kept[] = [];
  #lastId = 0;
  #keptSince: number;
  #lastClientTime = 0;

  constructor(deps: { clock: Clock; metrics: Metrics }) {
    this.#clock = deps.clock;
    this.#metrics = deps.metrics;
    this.#keptSince = this.#lastId;
  }

  /** False while nobody listens and nobody could resume: contributors then save their queries. */
  get isWanted(): boolean {
    return this.#clients.size > 0 || this.#clock.now().getTime() - this.#lastClientTime < keptMs;
  }

  publish(tenantId: TenantId, messages: readonly LiveMessage[]): void {
    for (const message of messages) {
      this.#lastId += 1;
      const frame = toFrame(`${this.#run}-${this.#lastId}`, message);
      const time = this.#clock.now().getTime();
      const kept = { id: this.#lastId, time, tenantId, kind: message.kind, frame };
      this.#kept.push(kept);
      for (const client of this.#clients) if (isFor(kept, client.viewer)) client.send(frame);
    }
    this.#forget();
  }

  /** Everybody missed something (the database connection was lost): all read their pages again. */
  resync(): void {
    this.#kept = [];
    this.#keptSince = this.#lastId;
    for (const client of this.#clients) client.resync();
  }

  /** Opens a stream; it ends when the client goes, its viewer may no longer look, or the hub closes. */
  open(viewer: Viewer, lastEventId: string | undefined): ReadableStream<Uint8Array> {
    const client = new Client(viewer, {
      onClose: () => this.#closed(client),
      onResync: () => this.#metrics.liveResyncs.inc({ reason: "slow" }),
    });
    this.#clients.add(client);
    this.#metrics.liveClients.set(this.#clients.size);
    // The first byte opens the stream for proxies and EventSource.
    client.send(encoder.encode(": millwright\n\n"));
    if (lastEventId !== undefined) this.#resume(client, lastEventId);
    return client.stream;
  }

  /** Who listens, once per open stream. */
  viewers(): Viewer[] {
    return [...this.#clients].map(({ viewer }) => viewer);
  }

  /** Ends the streams of these viewers: their session ended, or they must ask anew what they may see. */
  end(isEnded: (viewer: Viewer) => boolean): void {
    for (const client of this.#clients) if (isEnded(client.viewer)) client.close();
  }

  #resume(client: Client, lastEventId: string): void {
    this.#forget();
    const [run, id] = lastEventId.split("-");
    const after = Number(id);
    const isKept = run === this.#run && after >= this.#keptSince && after <= this.#lastId;
    if (!isKept) {
      this.#metrics.liveResyncs.inc({ reason: "too_old" });
      client.resync();
      return;
    }
    const missed = this.#kept.filter((kept) => kept.id > after && isFor(kept, client.viewer));
    for (const kept of missed) client.send(kept.frame);
  }

  #forget(): void {
    const oldest = this.#clock.now().getTime() - keptMs;
    const over = this.#kept.length - keptMax;
    const first = this.#kept.findIndex((kept, index) => index >= over && kept.time >= oldest);
    const dropped = this.#kept.splice(0, first === -1 ? this.#kept.length : first);
    this.#keptSince = dropped.at(-1)?.id ?? this.#keptSince;
  }

  #closed(client: Client): void {
    this.#clients.delete(client);
    this.#lastClientTime = this.#clock.now().getTime();
    this.#metrics.liveClients.set(this.#clients.size);
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
  }
}

/** Headers of decision 9: no cache, no proxy that collects before it passes on. */
export const liveHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
};

type Kept = {
  id: number;
  time: number;
  tenantId: TenantId;
  kind: LiveMessage["kind"];
  frame: Uint8Array;
};

function isFor({ tenantId, kind }: Kept, viewer: Viewer): boolean {
  return tenantId === viewer.tenantId && viewer.mayHear(kind);
}

const keptMs = 5 * 60_000;
// 4 messages a second for 100 work units and 5 minutes are 120,000; a tile is about 1 KB.
const keptMax = 20_000;
const commentMs = 15_000;
const bufferedBytesMax = 1_048_576;
const encoder = new TextEncoder();

function toFrame(id: string, message: LiveMessage): Uint8Array {
  return encoder.encode(`id: ${id}\nevent: ${message.kind}\ndata: ${JSON.stringify(message)}\n\n`);
}

/** One open stream with its own bounded queue; the stream pulls as fast as the network takes it. */
class Client {
  readonly viewer: Viewer;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #onClose: () => void;
  readonly #onResync: () => void;
  readonly #comment: NodeJS.Timeout;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #isPulled = false;
  #isClosed = false;

  constructor(viewer: Viewer, hooks: { onClose: () => void; onResync: () => void }) {
    this.viewer = viewer;
    this.#onClose = hooks.onClose;
    this.#onResync = hooks.onResync;
    this.#comment = setInterval(() => this.send(encoder.encode(": alive\n\n")), commentMs);
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#isPulled = true;
          this.#flush();
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: 1 },
    );
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#queuedBytes + frame.byteLength > bufferedBytesMax) {
      this.#onResync();
      this.resync();
      return;
    }
    this.#queue.push(frame);
    this.#queuedBytes += frame.byteLength;
    this.#flush();
  }

  /** Forgets what is queued: it is part of what the client will read anew. */
  resync(): void {
    const frame = encoder.encode(`event: resync\ndata: ${JSON.stringify({ kind: "resync" })}\n\n`);
    this.#queue = [frame];
    this.#queuedBytes = frame.byteLength;
    this.#flush();
  }

  #flush(): void {
    if (this.#isPulled && this.#queue.length > 0 && !this.#isClosed) this.#handOver();
  }

  #handOver(): void {
    this.#isPulled = false;
    const bytes = new Uint8Array(this.#queuedBytes);
    let offset = 0;
    for (const frame of this.#queue) {
      bytes.set(frame, offset);
      offset += frame.byteLength;
    }
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#controller?.enqueue(bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    if (this.#queue.length > 0) this.#handOver();
    this.#controller?.close();
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    clearInterval(this.#comment);
    this.#onClose();
  }
}
