/** An order of a point as a plan has it; days and quantity as the engine counts them. */
export type KeptOrder = {
  readonly orderNumber: number;
  readonly start: number;
  readonly due: number;
  readonly quantity: number;
  readonly kind: string;
  readonly fromSiteId: string | null;
  /** Nobody has firmed it. */
  readonly isProposed: boolean;
};

type Planned = Omit<KeptOrder, "orderNumber" | "isProposed">;

/**
 * Numbers for the orders of a point that was planned again. Those of a day keep their numbers when all
 * orders of that day are what they were, so a number never comes to mean another order; what a person
 * firmed has become a receipt, and an order like it is a new one. Both lists by due day, and on one day
 * in order of number.
 */
export function numberOrders(
  before: readonly KeptOrder[],
  after: readonly Planned[],
  nextNumber: () => number,
): KeptOrder[] {
  const keptOn = Map.groupBy(before, ({ due }) => due);
  const plannedOn = Map.groupBy(after, ({ due }) => due);
  return [...plannedOn].flatMap(([due, planned]) => {
    const kept = keptOn.get(due) ?? [];
    const isSame =
      kept.length === planned.length && planned.every((order, at) => isAsBefore(order, kept[at]));
    if (isSame) return kept;
    return planned.map((order) => ({ ...order, orderNumber: nextNumber(), isProposed: true }));
  });
}

function isAsBefore(order: Planned, before: KeptOrder | undefined): boolean {
  return (
    before?.isProposed === true &&
    before.start === order.start &&
    before.quantity === order.quantity &&
    before.kind === order.kind &&
    before.fromSiteId === order.fromSiteId
  );
}
