import { useSyncExternalStore } from "react";

/** Height in px of a row in lists that draw only what is in view: 36 with a mouse, 44 for a finger. */
export function useRowHeight(): number {
  const isTouch = useSyncExternalStore(watch, () => touch.matches);
  return isTouch ? 44 : 36;
}

// As tokens.css decides on --target.
const touch = matchMedia("(pointer: coarse), (max-width: 1100px)");

function watch(watcher: () => void): () => void {
  touch.addEventListener("change", watcher);
  return () => touch.removeEventListener("change", watcher);
}
