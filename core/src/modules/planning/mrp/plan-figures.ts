/** What figures of a plan are counted from; also of a part of one. */
type Counted = {
  /** Stocking points. */
  points: number;
  needs: number;
  messages: number;
  orders: readonly { kind: string; lateDays: number }[];
};

/** The figures of a plan that its summary shows. */
export function planFigures({ points, needs, messages, orders }: Counted) {
  const ofKind = (kind: string) => orders.filter((order) => order.kind === kind).length;
  return {
    items: points,
    demands: needs,
    orders: orders.length,
    makeOrders: ofKind("make"),
    buyOrders: ofKind("buy"),
    transferOrders: ofKind("transfer"),
    lateOrders: orders.filter(({ lateDays }) => lateDays > 0).length,
    messages,
  };
}

/** A summary after a part of its plan was replaced by another; all other figures stay. */
export function summaryAfter(
  summary: Readonly<Record<string, number>>,
  { before, now }: { before: Counted; now: Counted },
): Record<string, number> {
  const was: Record<string, number> = planFigures(before);
  const changed = Object.entries(planFigures(now)).map(([name, figure]) => [
    name,
    (summary[name] ?? 0) - (was[name] ?? 0) + figure,
  ]);
  return { ...summary, ...Object.fromEntries(changed) };
}
