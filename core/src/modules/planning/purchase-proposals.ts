import type { PurchaseProposal } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { type RawBuilder, sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";

/** Open ones by due day, at most 1,000. */
export function readOpenProposals(tx: Transaction): Promise<PurchaseProposal[]> {
  return readProposals(tx, sql`p.state <> 'closed'`);
}

/** It arrived or will not come: plans no longer count on it. @throws Refusal purchase_proposal.unknown */
export async function closeProposal(
  tx: Transaction,
  purchaseProposalId: string,
  by: Actor,
): Promise<PurchaseProposal> {
  const one = sql`p.purchase_proposal_id = ${purchaseProposalId}`;
  const [before] = await readProposals(tx, one);
  await sql`
    update planning.purchase_proposal
       set state = 'closed'
     where purchase_proposal_id = ${purchaseProposalId}`.execute(tx.over());
  const [after] = await readProposals(tx, one);
  if (before === undefined || after === undefined) {
    throw new Refusal(
      "purchase_proposal.unknown",
      `There is no purchase proposal ${purchaseProposalId}.`,
      { kind: "absent" },
    );
  }
  const objectType = "purchase_proposal";
  recordChange(tx, { objectType, objectId: purchaseProposalId, before, after, by });
  return after;
}

async function readProposals(
  tx: Transaction,
  where: RawBuilder<unknown>,
): Promise<PurchaseProposal[]> {
  const { rows } = await sql<PurchaseProposal>`
    select p.purchase_proposal_id as "purchaseProposalId", p.item_id as "itemId",
           i.number as "itemNumber", i.name as "itemName", p.quantity::text as quantity, i.uom, s.code as "siteCode",
           p.start_day::text as "startDay", p.due_day::text as "dueDay", p.state
      from planning.purchase_proposal p
      join engineering.v_item i using (item_id)
      left join inventory.v_site s using (site_id)
     where ${where}
     order by p.due_day, p.purchase_proposal_id
     limit 1000`.execute(tx.over());
  return rows;
}
