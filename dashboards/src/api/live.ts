import type { LiveMessage } from "@millwright/contracts/api";

import { type ConnectionState, type LiveNews, LiveSource } from "./live-source.ts";
import type { LiveWord } from "./live-worker.ts";

type Listener = (message: LiveMessage) => void;

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let connection: ConnectionState = "connecting";
let say: ((word: LiveWord) => void) | null = null;

/**
 * Joins the live stream for the life of the page, once a person is signed in: through the worker all
 * tabs share, or with a stream of its own where the browser has no SharedWorker (Chrome on Android).
 * `onRefused` is called when the server turned the stream away; when it resolves, the session is good
 * and the stream is tried again at once.
 */
export function joinLive({ onRefused }: { onRefused: () => Promise<unknown> }): void {
  if (say !== null) return;
  const hear = (news: LiveNews) => {
    if (news.about !== "refused") return hearNews(news);
    onRefused().then(
      () => say?.("renewed"),
      // Not there, or signed out: the source tries again by itself, or the page is being left.
      () => undefined,
    );
  };
  say = typeof SharedWorker === "undefined" ? openAlone(hear) : openShared(hear);
  say("hello");
}

/** Ends the stream at once: what happens from now on is not for the person who signed out. */
export function leaveLive(): void {
  say?.("signed_out");
}

function openAlone(hear: (news: LiveNews) => void): (word: LiveWord) => void {
  const source = new LiveSource(hear);
  globalThis.addEventListener("pagehide", () => source[Symbol.dispose]());
  globalThis.addEventListener("pageshow", (event) => {
    // Back from the browser's page cache: the stream was closed and much may have happened.
    if (event.persisted) globalThis.location.reload();
  });
  return (word) => {
    if (word === "renewed") source.reopen();
    if (word === "signed_out") source[Symbol.dispose]();
  };
}

function openShared(hear: (news: LiveNews) => void): (word: LiveWord) => void {
  const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), {
    type: "module",
    name: "millwright-live",
  });
  const say = (word: LiveWord) => worker.port.postMessage(word, []);
  worker.port.addEventListener("message", (event: MessageEvent<LiveNews>) => hear(event.data));
  worker.port.start();
  globalThis.addEventListener("pagehide", () => say("bye"));
  globalThis.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    say("hello");
    tell({ kind: "resync" });
  });
  return say;
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

function hearNews(news: Exclude<LiveNews, { about: "refused" }>): void {
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
