/**
 * A secret that a link carries behind `#`, where no server and no log sees it. It is read once and
 * taken out of the address bar, so that it stays in no history and on no screenshot.
 */
export function takeFromFragment(name: string): string {
  const { hash, pathname, search } = globalThis.location;
  const value = new URLSearchParams(hash.slice(1)).get(name);
  if (value === null) return "";
  globalThis.history.replaceState(globalThis.history.state, "", pathname + search);
  return value;
}
