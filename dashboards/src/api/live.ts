import type { LiveMessage } from "@millwright/contracts/api";

import { type ConnectionState, type LiveNews, LiveSource } from "./live-source.ts";

type Listener = (message: LiveMessage) => void;

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let connection: ConnectionState = "connecting";

/**
 * Joins the live stream for the life of the page: through the worker all tabs share, or with a stream
 * of its own where the browser has no SharedWorker (Chrome on Android).
 */
export function joinLive(): void {
  if (typeof SharedWorker === "undefined") {
    const source = new LiveSource(hear);
    globalThis.addEventListener("pagehide", () => source[Symbol.dispose]());
    globalThis.addEventListener("pageshow", (event) => {
      // Back from the browser's page cache: the stream was closed and much may have happened.
      if (event.persisted) globalThis.location.reload();
    });
    return;
  }
  const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), {
    type: "module",
    name: "millwright-live",
  });
  worker.port.addEventListener("message", (event: MessageEvent<LiveNews>) => hear(event.data));
  worker.port.start();
  worker.port.postMessage("hello", []);
  globalThis.addEventListener("pagehide", () => worker.port.postMessage("bye", []));
  globalThis.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    worker.port.postMessage("hello", []);
    tell({ kind: "resync" });
  });
}

/** Calls `listener` with every message until the returned function is called. */
export function onLive(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For `useSyncExternalStore`: the state of the connection and a way to watch it. */
export const connectionStore = {
  subscribe: (watcher: () => void): (() => void) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
  read: (): ConnectionState => connection,
};

function hear(news: LiveNews): void {
  if (news.about === "connection") {
    connection = news.state;
    for (const watcher of watchers) watcher();
    return;
  }
  tell(JSON.parse(news.data) as LiveMessage);
}

function tell(message: LiveMessage): void {
  for (const listener of listeners) listener(message);
}
