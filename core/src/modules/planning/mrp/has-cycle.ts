/** Whether following pairs leads back to where one came from (Kahn). O(pairs). */
export function hasCycle(edges: readonly { product: string; taken: string }[]): boolean {
  const takers = new Map<string, number>();
  for (const { taken } of edges) takers.set(taken, (takers.get(taken) ?? 0) + 1);
  const edgesOf = Map.groupBy(edges, ({ product }) => product);
  const free = [...edgesOf.keys()].filter((product) => !takers.has(product));
  let followed = 0;
  for (const product of free) {
    for (const { taken } of edgesOf.get(product) ?? []) {
      followed += 1;
      const left = (takers.get(taken) ?? 0) - 1;
      takers.set(taken, left);
      if (left === 0) free.push(taken);
    }
  }
  return followed < edges.length;
}
