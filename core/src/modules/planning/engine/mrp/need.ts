/** A planned order: the `ordinal`-th of its point, in order of due day, from 0. */
export type OrderRef = { readonly point: number; readonly ordinal: number };

/** What an order or a demand takes of a point. `use` tells apart several lines of one parent with the same component. */
export type Need =
  | { readonly kind: "demand"; readonly row: number }
  | { readonly kind: "order"; readonly order: OrderRef; readonly use: number };

/** A quantity of an alternate's stock that is taken instead of a main component. */
export type Taken = {
  readonly need: Need;
  readonly day: number;
  /** How much of the need it covers, in the main component's unit. */
  readonly covered: number;
  readonly alternate: number;
  /** Rows of the stock on hand it comes from, with quantities in the alternate's unit. */
  readonly lots: readonly { readonly row: number; readonly quantity: number }[];
};
