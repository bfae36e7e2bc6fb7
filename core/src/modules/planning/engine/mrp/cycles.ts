/**
 * Points that are, through lines, components of themselves. Each set of points that reach each other
 * (a tangle) is reported by one cycle through it.
 *
 * @source R. Tarjan, "Depth-first search and linear graph algorithms", 1972, with its own stack: a BOM
 *   may be deeper than the call stack.
 * @returns `tangle`: for each point the number (from 1) of the tangle it lies in, 0 for none
 */
export function findCycles(
  points: number,
  components: { first: Int32Array; component: Int32Array },
): { cycles: number[][]; tangle: Int32Array } {
  const { first, component } = components;
  const visit = new Int32Array(points);
  const low = new Int32Array(points);
  const isOpen = new Uint8Array(points);
  const nextPlace = first.slice(0, points);
  const open: number[] = [];
  const path: number[] = [];
  const tangle = new Int32Array(points);
  const cycles: number[][] = [];
  let visits = 0;

  for (let root = 0; root < points; root += 1) {
    if (visit[root] === 0) path.push(root);
    while (path.length > 0) {
      const point = path.at(-1) ?? 0;
      if (visit[point] === 0) {
        visits += 1;
        visit[point] = visits;
        low[point] = visits;
        open.push(point);
        isOpen[point] = 1;
      }
      const child = nextChild(point);
      if (child === null) close(point);
      else if (visit[child] === 0) path.push(child);
      else if (isOpen[child] === 1) lower(point, visit[child] ?? 0);
    }
  }
  return { cycles, tangle };

  function nextChild(point: number): number | null {
    const place = nextPlace[point] ?? 0;
    if (place >= (first[point + 1] ?? 0)) return null;
    nextPlace[point] = place + 1;
    return component[place] ?? 0;
  }

  function lower(point: number, to: number): void {
    low[point] = Math.min(low[point] ?? 0, to);
  }

  function close(point: number): void {
    path.pop();
    const above = path.at(-1);
    if (above !== undefined) lower(above, low[point] ?? 0);
    if (low[point] !== visit[point]) return;
    const members = open.splice(open.lastIndexOf(point));
    for (const member of members) isOpen[member] = 0;
    const usesItself = component.subarray(first[point] ?? 0, first[point + 1] ?? 0).includes(point);
    if (members.length === 1 && !usesItself) return;
    for (const member of members) tangle[member] = cycles.length + 1;
    cycles.push(cycleThrough(point, cycles.length + 1));
  }

  /** Walks inside the tangle until a point comes again: breadth first, so the cycle is a shortest one. */
  function cycleThrough(start: number, number: number): number[] {
    const cameFrom = new Map<number, number>();
    const queue = [start];
    for (const point of queue) {
      for (let place = first[point] ?? 0; place < (first[point + 1] ?? 0); place += 1) {
        const child = component[place] ?? 0;
        if (tangle[child] !== number) continue;
        if (child === start) return wayBack(cameFrom, start, point);
        if (cameFrom.has(child)) continue;
        cameFrom.set(child, point);
        queue.push(child);
      }
    }
    return [start];
  }
}

function wayBack(cameFrom: ReadonlyMap<number, number>, start: number, end: number): number[] {
  const way = [end];
  for (let point = end; point !== start;) {
    point = cameFrom.get(point) ?? start;
    way.push(point);
  }
  return way.toReversed();
}
