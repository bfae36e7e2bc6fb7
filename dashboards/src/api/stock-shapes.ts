import type {
  createReservation,
  gaugeInputSchema,
  postMoves,
  receiveTransfer,
  reportCount,
  shipTransfer,
  suggestPicks,
  suggestPutAways,
  transferInputSchema,
} from "@millwright/contracts/api";

/** Shapes of stock that the contract states as schemas only (see shapes.ts). */
type Input<S extends { _zod: { input: unknown } }> = S["_zod"]["input"];
type Body<R> = R extends {
  request: { body: { content: { "application/json": { schema: infer S } } } };
}
  ? S extends { _zod: { input: unknown } }
    ? Input<S>
    : never
  : never;
type Answer<R> = R extends {
  responses: { 200: { content: { "application/json": { schema: infer S } } } };
}
  ? S extends { _zod: { output: unknown } }
    ? S["_zod"]["output"]
    : never
  : never;

export type Moves = Body<typeof postMoves>;
export type Picks = Answer<typeof suggestPicks>;
export type PutAway = Answer<typeof suggestPutAways>["rows"][number];
export type TransferInput = Input<typeof transferInputSchema>;
export type Shipment = Body<typeof shipTransfer>;
export type Receipt = Body<typeof receiveTransfer>;
export type ReservationInput = Body<typeof createReservation>;
export type GaugeInput = Input<typeof gaugeInputSchema>;
export type CountReport = Body<typeof reportCount>;
