import type { Database } from "../db/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { CursorMoved, isOfTheWorld, reasonOf } from "./failure.ts";
import { noteFailure, type ParkedHead, readParkedOfStream, unpark } from "./parked-events.ts";
import type { Subscription } from "./subscription.ts";

/**
 * Goes on with a stream that waits: its first event again (or skipped, when a person asked for that),
 * then those behind it, in order. An effect and the end of its waiting are one transaction. True when
 * nothing of the stream waits any more.
 * @throws Fault, CursorMoved: nothing is saved, try again.
 */
export async function drainStream(
  db: Pick<Database, "inTenant">,
  subscription: Subscription,
  head: ParkedHead,
  options: { batchMax: number; signal: AbortSignal },
): Promise<boolean> {
  if (head.asked === "skip") await skip(db, subscription, head);
  // One first, because one failed; then ever more, because thousands may wait behind it.
  let size = 1;
  while (!options.signal.aborted) {
    const outcome = await drainSome(db, subscription, head, size);
    if (outcome === "empty") return true;
    if (outcome === "failed" && size === 1) return false;
    size = outcome === "failed" ? 1 : Math.min(size * 2, options.batchMax);
  }
  return false;
}

async function skip(
  db: Pick<Database, "inTenant">,
  { name }: Subscription,
  { tenantId, position }: ParkedHead,
): Promise<void> {
  await db.inTenant(tenantId, async (tx) => {
    if (!(await unpark(tx, name, [position.toString()]))) throw new CursorMoved(name);
  });
}

async function drainSome(
  db: Pick<Database, "inTenant">,
  subscription: Subscription,
  { tenantId, stream }: ParkedHead,
  limit: number,
): Promise<"empty" | "digested" | "failed"> {
  const { name } = subscription;
  let first = "";
  try {
    return await db.inTenant(tenantId, async (tx: Transaction) => {
      const events = await readParkedOfStream(tx, { subscription: name, stream, limit });
      const positions = events.map(({ position }) => position);
      if (positions[0] === undefined) return "empty";
      first = positions[0];
      if (!(await unpark(tx, name, positions))) throw new CursorMoved(name);
      await subscription.handle(tx, events);
      return "digested";
    });
  } catch (error) {
    if (isOfTheWorld(error) || first === "") throw error;
    if (limit === 1) {
      const failed = { subscription: name, position: first, reason: reasonOf(error) };
      await db.inTenant(tenantId, (tx) => noteFailure(tx, failed));
    }
    return "failed";
  }
}
