import { Refusal, type TransferState, transferTransitions } from "@millwright/contracts/states";
import { Decimal } from "@millwright/contracts/units";

/** An item of a transfer; quantities are decimal strings in its unit. */
export type TransferLine = {
  readonly itemId: string;
  readonly itemNumber: string;
  readonly quantity: string;
  readonly shipped: string;
  readonly received: string;
  readonly lost: string;
};

export type TransferHead = {
  readonly transferId: string;
  readonly number: string;
  readonly state: TransferState;
};

/** A quantity of an item that leaves a bin or arrives in one. */
export type Carried = { readonly itemId: string; readonly quantity: string };

/** @throws Refusal transfer.transition_refused */
export function checkTransfer({ number, state }: TransferHead, asked: TransferState): void {
  const allowed: readonly TransferState[] = transferTransitions[state];
  if (allowed.includes(asked)) return;
  throw new Refusal(
    "transfer.transition_refused",
    `Transfer ${number} is ${state} and cannot become ${asked}.`,
    { current: state, asked, allowed },
  );
}

/**
 * The lines after everything that is sent has left. Less than asked may go; what is left out does not
 * go at all.
 * @throws Refusal transfer.not_asked · transfer.more_than_asked
 */
export function ship(
  head: TransferHead,
  lines: readonly TransferLine[],
  sent: readonly Carried[],
): TransferLine[] {
  return addTo(head, lines, sent, (line, quantity) => {
    if (quantity.gt(line.quantity)) {
      throw new Refusal(
        "transfer.more_than_asked",
        `Transfer ${head.number} asks for ${line.quantity} of ${line.itemNumber}; ${quantity.toFixed()} are to leave. Send less, or make another transfer.`,
        { current: line.quantity, asked: quantity.toFixed() },
      );
    }
    return { ...line, shipped: quantity.toFixed() };
  });
}

/**
 * The lines after an arrival, and the state that follows. `isComplete`: nothing more comes, so that the
 * rest is lost.
 * @throws Refusal transfer.not_asked · transfer.more_than_shipped · transfer.reason_missing
 */
export function receive(
  head: TransferHead,
  lines: readonly TransferLine[],
  arrival: { arrived: readonly Carried[]; isComplete: boolean; reason: string },
): { lines: TransferLine[]; state: "partly_received" | "received" } {
  const added = addTo(head, lines, arrival.arrived, (line, quantity) => {
    const received = quantity.plus(line.received);
    if (received.gt(line.shipped)) {
      throw new Refusal(
        "transfer.more_than_shipped",
        `Of ${line.itemNumber} ${line.shipped} left and ${line.received} have arrived; ${quantity.toFixed()} more cannot. Count again, or post a receipt for what is over.`,
        { current: line.shipped, asked: received.toFixed() },
      );
    }
    return { ...line, received: received.toFixed() };
  });
  const isAllHere = added.every((line) => missing(line).isZero());
  if (isAllHere || !arrival.isComplete) {
    return { lines: added, state: isAllHere ? "received" : "partly_received" };
  }
  if (arrival.reason === "") {
    throw new Refusal(
      "transfer.reason_missing",
      `Not all of transfer ${head.number} arrived: say why, because the rest is booked out.`,
      { kind: "invalid" },
    );
  }
  const settled = added.map((line) => ({
    ...line,
    lost: missing(line).plus(line.lost).toFixed(),
  }));
  return { lines: settled, state: "received" };
}

/** What of a line is still on its way. */
export function missing({ shipped, received, lost }: TransferLine): Decimal {
  return new Decimal(shipped).minus(received).minus(lost);
}

function addTo(
  { number }: TransferHead,
  lines: readonly TransferLine[],
  carried: readonly Carried[],
  add: (line: TransferLine, quantity: Decimal) => TransferLine,
): TransferLine[] {
  const sums = new Map<string, Decimal>();
  for (const { itemId, quantity } of carried) {
    sums.set(itemId, new Decimal(quantity).plus(sums.get(itemId) ?? 0));
  }
  const foreign = [...sums.keys()].find((itemId) => !lines.some((line) => line.itemId === itemId));
  if (foreign !== undefined) {
    throw new Refusal(
      "transfer.not_asked",
      `Item ${foreign} is not on transfer ${number}: move it by a transfer of its own.`,
      { kind: "invalid" },
    );
  }
  return lines.map((line) => {
    const quantity = sums.get(line.itemId);
    return quantity === undefined ? line : add(line, quantity);
  });
}
