import {
  Refusal,
  type ReservationState,
  reservationTransitions,
} from "@millwright/contracts/states";

export type Reservation = {
  reservationId: string;
  itemId: string;
  locationId: string;
  lotId: string | null;
  quantity: string;
  consumed: string;
  state: ReservationState;
  reference: string;
};

/** @throws Refusal reservation.transition_refused */
export function checkTransition(reservation: Reservation, asked: ReservationState): void {
  const allowed: readonly ReservationState[] = reservationTransitions[reservation.state];
  if (allowed.includes(asked)) return;
  throw new Refusal(
    "reservation.transition_refused",
    `The reservation for ${reservation.reference} is ${reservation.state} and cannot become ${asked}.`,
    { current: reservation.state, asked, allowed },
  );
}
