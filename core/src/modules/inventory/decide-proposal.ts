import type { MoveToPost, StockProposal } from "@millwright/contracts/api";
import { type ProposalState, proposalTransitions } from "@millwright/contracts/states";
import { Decimal, itemIdSchema, toQuantity } from "@millwright/contracts/units";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import { checkProposal } from "./domain/gauge.ts";
import { type By, type PostingDeps, postMoves } from "./post-moves.ts";
import { readBin } from "./store/counts.ts";
import { lockGauges, saveRefillDecided, saveRejected } from "./store/gauges.ts";
import { loadItems } from "./store/items.ts";
import { ensureVirtual } from "./store/places.ts";
import { readProposals, saveDecision, type StoredProposal } from "./store/proposals.ts";

/** Who decides, as the proposal remembers it. */
export type Decider = By & { name: string };

/**
 * Posts an adjustment, or asks for a refill. `difference` is what the decider has read. Two at once: one
 * acts, the other is refused.
 * @throws Refusal proposal.unknown · proposal.transition_refused · proposal.changed ·
 *   proposal.lot_unclear and those of `postMoves`
 */
export async function confirmProposal(
  tx: Transaction,
  deps: PostingDeps,
  asked: { proposalId: string; difference: string },
  by: Decider,
): Promise<StockProposal> {
  const proposal = await lock(tx, asked.proposalId);
  checkProposal(proposal.state, "confirmed");
  if (!new Decimal(asked.difference).eq(proposal.difference)) {
    throw new Refusal(
      "proposal.changed",
      `A newer reading makes it ${proposal.difference} ${proposal.uom}. Look at it again.`,
      { current: proposal.difference, asked: asked.difference },
    );
  }
  await saveDecision(tx, { ...decided(proposal, by), state: "confirmed", reason: "" });
  if (proposal.kind === "adjustment") {
    await postMoves(tx, deps, [await adjustmentOf(tx, deps, proposal)], by);
    await saveRejected(tx, proposal.gaugeId, null);
  } else {
    askRefill(tx, proposal, by);
    await saveRefillDecided(tx, proposal.gaugeId);
  }
  return saved(tx, proposal, by);
}

/**
 * Closes a proposal without acting; the same is not proposed again until the gauge measures otherwise.
 * @throws Refusal proposal.unknown · proposal.transition_refused
 */
export async function rejectProposal(
  tx: Transaction,
  asked: { proposalId: string; reason: string },
  by: Decider,
): Promise<StockProposal> {
  const proposal = await lock(tx, asked.proposalId);
  checkProposal(proposal.state, "rejected");
  await saveDecision(tx, { ...decided(proposal, by), state: "rejected", reason: asked.reason });
  if (proposal.kind === "refill") await saveRefillDecided(tx, proposal.gaugeId);
  else await saveRejected(tx, proposal.gaugeId, proposal.difference);
  return saved(tx, proposal, by);
}

export async function readProposalPage(
  tx: Transaction,
  asked: {
    state: ProposalState | undefined;
    gaugeId: string | undefined;
    before: string | null;
    limit: number;
  },
): Promise<StockProposal[]> {
  return (await readProposals(tx, { ...asked, limit: asked.limit + 1 })).map(shown);
}

async function adjustmentOf(
  tx: Transaction,
  deps: PostingDeps,
  proposal: StoredProposal,
): Promise<MoveToPost> {
  const difference = new Decimal(proposal.difference);
  const adjustment = await ensureVirtual(tx, "adjustment", deps.newId);
  const [fromLocationId, toLocationId] = difference.isPositive()
    ? [adjustment.locationId, proposal.locationId]
    : [proposal.locationId, adjustment.locationId];
  return {
    // Its own id: whatever goes wrong, a proposal moves stock once.
    moveId: proposal.proposalId,
    itemId: proposal.itemId,
    quantity: toQuantity(difference.abs()),
    fromLocationId,
    toLocationId,
    lotNumber: await lotOf(tx, proposal),
    lotExpiresTime: null,
    lotStatus: "quarantine",
    reservationId: null,
    reason: "Measured by gauge",
    reference: `stock_proposal:${proposal.proposalId}`,
  };
}

/** The lot that lies in the bin, for items that have lots: a level does not say which one changed. */
async function lotOf(
  tx: Transaction,
  { itemId, itemNumber, locationId, locationCode }: StoredProposal,
): Promise<string | null> {
  const item = (await loadItems(tx, [itemId])).get(itemId);
  if (item?.tracking === "none") return null;
  const lots = (await readBin(tx, locationId)).filter((line) => line.itemId === itemId);
  const [lot] = lots;
  if (lots.length === 1 && lot?.lotNumber !== undefined) return lot.lotNumber;
  throw new Refusal(
    "proposal.lot_unclear",
    `${locationCode} holds ${lots.length} lots of ${itemNumber}: nobody can tell which one the difference is of. Count the bin.`,
    { current: String(lots.length) },
  );
}

function askRefill(tx: Transaction, proposal: StoredProposal, { actor }: By): void {
  const { proposalId, gaugeId, itemId, locationId, measured, difference } = proposal;
  tx.emit([
    newEvent("stock.refill_asked@1", {
      tenantId: tx.tenantId,
      stream: `location:${locationId}`,
      streamVersion: null,
      payload: {
        proposalId,
        gaugeId,
        itemId: itemIdSchema.parse(itemId),
        locationId,
        measured: toQuantity(measured),
        quantity: toQuantity(difference),
      },
      actor,
    }),
  ]);
}

/** The gauge first, as whoever proposes locks them; who waited reads what the other one decided. */
async function lock(tx: Transaction, proposalId: string): Promise<StoredProposal> {
  const { gaugeId } = await find(tx, proposalId);
  await lockGauges(tx, gaugeId);
  return find(tx, proposalId);
}

/** @throws Refusal proposal.unknown */
async function find(tx: Transaction, proposalId: string): Promise<StoredProposal> {
  const [proposal] = await readProposals(tx, { proposalId, before: null, limit: 1 });
  if (proposal !== undefined) return proposal;
  throw new Refusal("proposal.unknown", `There is no proposal ${proposalId}.`, { kind: "absent" });
}

function decided({ proposalId }: StoredProposal, { name, now }: Decider) {
  return { proposalId, decidedBy: name, now };
}

async function saved(tx: Transaction, before: StoredProposal, by: Decider): Promise<StockProposal> {
  const after = await find(tx, before.proposalId);
  recordChange(tx, {
    objectType: "stock_proposal",
    objectId: after.proposalId,
    label: `${after.locationCode} ${after.itemNumber}`,
    before: { state: before.state },
    after: { state: after.state, difference: after.difference, reason: after.reason },
    by: by.actor,
  });
  return shown(after);
}

function shown(proposal: StoredProposal): StockProposal {
  const allowed: readonly ProposalState[] = proposalTransitions[proposal.state];
  const command = (state: ProposalState) => {
    const isAllowed = allowed.includes(state);
    return { isAllowed, reason: isAllowed ? null : `It is ${proposal.state}.` };
  };
  return {
    ...proposal,
    expected: toQuantity(proposal.expected),
    measured: toQuantity(proposal.measured),
    difference: toQuantity(proposal.difference),
    sourceTime: proposal.sourceTime.toISOString(),
    decidedTime: proposal.decidedTime?.toISOString() ?? null,
    createdTime: proposal.createdTime.toISOString(),
    commands: { confirm: command("confirmed"), reject: command("rejected") },
  };
}
