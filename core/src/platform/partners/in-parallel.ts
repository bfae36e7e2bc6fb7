/**
 * Does `work` for every item, at most `limit` at a time, results in the order of the items. The first
 * throw keeps further ones from starting and is thrown when the running ones have ended.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const errors: unknown[] = [];
  // Shared: whoever is free takes the next one.
  const entries = items.entries();
  async function takeAll(): Promise<void> {
    for (const [index, item] of entries) {
      if (errors.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, takeAll));
  if (errors.length > 0) throw errors[0];
  return results;
}
