/** Which subscription's parked events the event board shows, out of a URL. */
export function readBoardSearch(search: Record<string, unknown>): { name?: string } {
  const { name } = search;
  return typeof name === "string" && /^[a-z][a-z0-9_.-]{0,99}$/.test(name) ? { name } : {};
}
