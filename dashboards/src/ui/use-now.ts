import { useSyncExternalStore } from "react";

import { serverNow } from "../api/server-clock.ts";

const tickMs = 1_000;
const watchers = new Set<() => void>();
let now = serverNow();
let timer: ReturnType<typeof setInterval> | null = null;

/** Server time in epoch milliseconds, new every second: one timer ticks all ages on the screen. */
export function useNow(): number {
  return useSyncExternalStore(watch, read);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(tick, tickMs);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = serverNow();
  for (const watcher of watchers) watcher();
}

function read(): number {
  // Nobody ticked while nothing was on screen.
  if (timer === null) now = serverNow();
  return now;
}
