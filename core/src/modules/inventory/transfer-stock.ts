import type { MoveToPost, Transfer, TransferInput } from "@millwright/contracts/api";
import {
  type TransferCommand,
  type TransferState,
  transferTransitions,
} from "@millwright/contracts/states";
import { Decimal, type Quantity, toQuantity } from "@millwright/contracts/units";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { checkQuantity, unknown } from "./domain/posting.ts";
import { checkTransfer, receive, ship } from "./domain/transfer.ts";
import { itemsKept } from "./keep-item.ts";
import { type By, type PostingDeps, postMoves } from "./post-moves.ts";
import { nextNumber } from "./store/document-numbers.ts";
import { loadLocations } from "./store/locations.ts";
import { binsBelow, ensureVirtual } from "./store/places.ts";
import {
  insertTransfer,
  lockTransfer,
  readInTransit,
  readTransfers,
  saveTransfer,
  type StoredTransfer,
} from "./store/transfers.ts";

/** Stock of one bin that leaves, or that arrives in one. */
export type PlacedLine = {
  itemId: string;
  locationId: string;
  lotNumber: string | null;
  quantity: Quantity;
};

/**
 * Drafts a transfer between two places that have bins below them.
 * @throws Refusal location.unknown · transfer.same_place · transfer.days_reversed · transfer.item_twice ·
 *   item.unknown · quantity.too_precise
 */
export async function draftTransfer(
  tx: Transaction,
  deps: PostingDeps,
  asked: TransferInput,
  by: By,
): Promise<Transfer> {
  const { fromId, toId, lines, shipDay, dueDay } = asked;
  if (fromId === toId) throw invalid("transfer.same_place", "Both ends are the same place.");
  if (shipDay !== null && dueDay !== null && shipDay > dueDay) {
    const sentence = `It would leave on ${shipDay} and is needed on ${dueDay}: change one of the days.`;
    throw invalid("transfer.days_reversed", sentence);
  }
  const places = await loadLocations(tx, [fromId, toId]);
  const lost = [fromId, toId].find((locationId) => !places.has(locationId));
  if (lost !== undefined) throw unknown("location", lost);
  const itemIds = new Set(lines.map(({ itemId }) => itemId));
  if (itemIds.size < lines.length) {
    throw invalid("transfer.item_twice", "One item is there twice: add its quantities.");
  }
  const items = await itemsKept(tx, deps.engineering, itemIds);
  for (const { itemId, quantity } of lines) {
    const item = items.get(itemId);
    if (item === undefined) throw unknown("item", itemId);
    checkQuantity(quantity, item);
  }
  const transferId = deps.newId();
  await insertTransfer(tx, { ...asked, transferId, number: await nextNumber(tx, "transfer") });
  return saved(tx, transferId, null, by);
}

/** @throws Refusal transfer.unknown · transfer.transition_refused */
export async function commandTransfer(
  tx: Transaction,
  asked: { transferId: string; command: TransferCommand },
  by: By,
): Promise<Transfer> {
  const transfer = await lock(tx, asked.transferId);
  const state = asked.command === "release" ? "released" : "cancelled";
  checkTransfer(transfer, state);
  await saveTransfer(tx, { ...transfer, state });
  return saved(tx, transfer.transferId, transfer.state, by);
}

/**
 * Sends a transfer: out of bins below its source, into transit. All at once.
 * @throws Refusal transfer.transition_refused · transfer.bin_elsewhere · transfer.not_asked ·
 *   transfer.more_than_asked and those of `postMoves`
 */
export async function shipTransfer(
  tx: Transaction,
  deps: PostingDeps,
  asked: { transferId: string; lines: readonly PlacedLine[] },
  by: By,
): Promise<Transfer> {
  const transfer = await lock(tx, asked.transferId);
  checkTransfer(transfer, "in_transit");
  await checkBins(tx, asked.lines, { aboveId: transfer.fromId, code: transfer.fromCode });
  const lines = ship(transfer, transfer.lines, asked.lines);
  const transit = await ensureVirtual(tx, "in_transit", deps.newId);
  const moves = asked.lines.map((line) =>
    moveOf(deps, transfer, line, { from: line.locationId, to: transit.locationId, reason: "sent" }),
  );
  await postMoves(tx, deps, moves, by);
  await saveTransfer(tx, { ...transfer, lines, state: "in_transit" });
  return saved(tx, transfer.transferId, transfer.state, by);
}

/**
 * Takes in what arrived, into bins below the target; as often as needed. With `isComplete` the rest is
 * booked out of transit by adjustments that carry the reason, in the same posting.
 * @throws Refusal transfer.transition_refused · transfer.bin_elsewhere · transfer.more_than_shipped ·
 *   transfer.reason_missing and those of `postMoves`
 */
export async function receiveTransfer(
  tx: Transaction,
  deps: PostingDeps,
  asked: {
    transferId: string;
    lines: readonly PlacedLine[];
    isComplete: boolean;
    reason: string;
  },
  by: By,
): Promise<Transfer> {
  const transfer = await lock(tx, asked.transferId);
  checkTransfer(transfer, "received");
  await checkBins(tx, asked.lines, { aboveId: transfer.toId, code: transfer.toCode });
  const outcome = receive(transfer, transfer.lines, { ...asked, arrived: asked.lines });
  const transit = await ensureVirtual(tx, "in_transit", deps.newId);
  const arrived = asked.lines.map((line) =>
    moveOf(deps, transfer, line, {
      from: transit.locationId,
      to: line.locationId,
      reason: "received",
    }),
  );
  const lost =
    outcome.state === "received" ? await bookOut(tx, deps, transfer, transit, asked) : [];
  const moves = [...arrived, ...lost];
  if (moves.length > 0) await postMoves(tx, deps, moves, by);
  await saveTransfer(tx, { ...transfer, ...outcome });
  return saved(tx, transfer.transferId, transfer.state, by);
}

export async function readTransferPage(
  tx: Transaction,
  asked: { state: TransferState | undefined; before: string | null; limit: number },
): Promise<Transfer[]> {
  const page = { ...asked, transferId: null, limit: asked.limit + 1 };
  return (await readTransfers(tx, page)).map(shown);
}

/** @throws Refusal transfer.unknown */
export async function readTransfer(tx: Transaction, transferId: string): Promise<Transfer> {
  const asked = { transferId, state: undefined, before: null, limit: 1 };
  const [transfer] = await readTransfers(tx, asked);
  if (transfer === undefined) throw unknownTransfer(transferId);
  return shown(transfer);
}

/** Adjustments for what is in transit and did not arrive, lot by lot. */
async function bookOut(
  tx: Transaction,
  deps: PostingDeps,
  transfer: StoredTransfer,
  transit: { locationId: string },
  asked: { lines: readonly PlacedLine[]; reason: string },
): Promise<MoveToPost[]> {
  const inTransit = await readInTransit(tx, {
    reference: referenceOf(transfer),
    inTransitId: transit.locationId,
  });
  const arrived = new Map<string, Decimal>();
  for (const line of asked.lines) {
    arrived.set(keyOf(line), new Decimal(line.quantity).plus(arrived.get(keyOf(line)) ?? 0));
  }
  const adjustment = await ensureVirtual(tx, "adjustment", deps.newId);
  return inTransit.flatMap((line) => {
    const rest = new Decimal(line.quantity).minus(arrived.get(keyOf(line)) ?? 0);
    if (rest.lte(0)) return [];
    return [
      moveOf(
        deps,
        transfer,
        { ...line, quantity: toQuantity(rest), locationId: adjustment.locationId },
        { from: transit.locationId, to: adjustment.locationId, reason: asked.reason },
      ),
    ];
  });
}

function moveOf(
  { newId }: PostingDeps,
  transfer: { transferId: string },
  { itemId, lotNumber, quantity }: PlacedLine,
  { from, to, reason }: { from: string; to: string; reason: string },
): MoveToPost {
  return {
    moveId: newId(),
    itemId,
    quantity,
    fromLocationId: from,
    toLocationId: to,
    lotNumber,
    lotExpiresTime: null,
    lotStatus: "released",
    reservationId: null,
    reason: reason.slice(0, reasonMax),
    reference: referenceOf(transfer),
  };
}

const reasonMax = 200;

function referenceOf({ transferId }: { transferId: string }): string {
  return `transfer:${transferId}`;
}

function keyOf({ itemId, lotNumber }: { itemId: string; lotNumber: string | null }): string {
  return `${itemId}/${lotNumber ?? ""}`;
}

async function checkBins(
  tx: Transaction,
  lines: readonly PlacedLine[],
  { aboveId, code }: { aboveId: string; code: string },
): Promise<void> {
  const binIds = [...new Set(lines.map(({ locationId }) => locationId))];
  const below = await binsBelow(tx, aboveId, binIds);
  const elsewhere = binIds.find((locationId) => !below.has(locationId));
  if (elsewhere === undefined) return;
  const place = (await loadLocations(tx, [elsewhere])).get(elsewhere);
  if (place === undefined) throw unknown("location", elsewhere);
  throw invalid("transfer.bin_elsewhere", `${place.code} is not in ${code}: scan a bin there.`);
}

async function lock(tx: Transaction, transferId: string): Promise<StoredTransfer> {
  const transfer = await lockTransfer(tx, transferId);
  if (transfer === null) throw unknownTransfer(transferId);
  return transfer;
}

async function saved(
  tx: Transaction,
  transferId: string,
  before: TransferState | null,
  by: By,
): Promise<Transfer> {
  const after = await readTransfer(tx, transferId);
  recordChange(tx, {
    objectType: "transfer",
    objectId: transferId,
    label: after.number,
    before: before === null ? null : { state: before },
    after: { state: after.state },
    by: by.actor,
  });
  return after;
}

function shown({ createdTime, ...transfer }: StoredTransfer): Transfer {
  const allowed: readonly TransferState[] = transferTransitions[transfer.state];
  const states = {
    release: "released",
    cancel: "cancelled",
    ship: "in_transit",
    receive: "received",
  } as const;
  const commands = Object.entries(states).map(([command, state]) => {
    const isAllowed = allowed.includes(state);
    return [command, { isAllowed, reason: isAllowed ? null : `It is ${transfer.state}.` }];
  });
  return {
    ...transfer,
    createdTime: createdTime.toISOString(),
    commands: Object.fromEntries(commands),
  };
}

function unknownTransfer(transferId: string): Refusal {
  return new Refusal("transfer.unknown", `There is no transfer ${transferId}.`, { kind: "absent" });
}

function invalid(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
