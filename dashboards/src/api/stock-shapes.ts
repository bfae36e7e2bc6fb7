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

import type { Answer, Body, Input } from "./contract-types.ts";

export type Moves = Body<typeof postMoves>;
export type Picks = Answer<typeof suggestPicks>;
export type PutAway = Answer<typeof suggestPutAways>["rows"][number];
export type TransferInput = Input<typeof transferInputSchema>;
export type Shipment = Body<typeof shipTransfer>;
export type Receipt = Body<typeof receiveTransfer>;
export type ReservationInput = Body<typeof createReservation>;
export type GaugeInput = Input<typeof gaugeInputSchema>;
export type CountReport = Body<typeof reportCount>;
