import { Refusal } from "@millwright/contracts/states";

/** Days [from, to) of a revision, `YYYY-MM-DD`; `to` null: until further notice. */
export type Days = { readonly from: string; readonly to: string | null };

/** What becomes of the approved revisions of an item when one more begins. */
export type Succession = {
  /** Days of the new one: it ends where the next begins. */
  readonly days: Days;
  /** The revision that ends where the new one begins; null when there is none. */
  readonly ended: { readonly bomId: string; readonly to: string } | null;
};

/**
 * Lets a revision begin on a day: the one that holds on that day ends there, and it ends itself where a
 * later one begins. Days of one item never overlap.
 * @throws Refusal bom.effectivity_overlaps when another revision begins on the very same day
 */
export function succeed(
  approved: readonly (Days & { readonly bomId: string; readonly revision: string })[],
  from: string,
): Succession {
  const same = approved.find((other) => other.from === from);
  if (same !== undefined) {
    throw new Refusal(
      "bom.effectivity_overlaps",
      `Revision ${same.revision} begins on ${from} as well: choose another day, or let one of them be.`,
      { current: same.revision, asked: from },
    );
  }
  const later = approved.filter((other) => other.from > from);
  const to = later.reduce<string | null>(
    (first, other) => (first === null || other.from < first ? other.from : first),
    null,
  );
  const holding = approved.find(
    (other) => other.from < from && (other.to === null || other.to > from),
  );
  return {
    days: { from, to },
    ended: holding === undefined ? null : { bomId: holding.bomId, to: from },
  };
}
