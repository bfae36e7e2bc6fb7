/**
 * What is wrong with the input, and what the run did instead: the rest is always planned. `points` are
 * the culprits, as rows of `input.points`; a cycle names them in order, each the parent of the next.
 */
export type Finding = {
  readonly code: FindingCode;
  readonly points: readonly number[];
  /** For people: what is wrong and what was done. Rows of demands, lines and the like are named. */
  readonly message: string;
};

export type FindingCode =
  | "alternate.circular"
  | "alternate.not_plannable"
  | "structure.cycle"
  | "structure.repeated_point"
  | "structure.unknown_point"
  | "by_product.not_plannable"
  | "calendar.empty"
  | "demand.not_plannable"
  | "fence.contradiction"
  | "lead_time.out_of_range"
  | "line.bad_factor"
  | "lot_rule.contradiction"
  | "lot_rule.too_many_orders"
  | "on_hand.not_plannable"
  | "quantity.not_exact"
  | "quantity.too_large"
  | "receipt.not_plannable"
  | "transfer.sender";
