import type { ProposalKind, ProposalState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

export type StoredProposal = {
  proposalId: string;
  gaugeId: string;
  kind: ProposalKind;
  state: ProposalState;
  locationId: string;
  locationCode: string;
  itemId: string;
  itemNumber: string;
  uom: string;
  expected: string;
  measured: string;
  difference: string;
  sourceTime: Date;
  reason: string;
  decidedBy: string | null;
  decidedTime: Date | null;
  createdTime: Date;
};

/** Newest first; `before` is the id of the last one of the page before. */
export async function readProposals(
  tx: Transaction,
  asked: {
    proposalId?: string;
    gaugeId?: string | undefined;
    state?: ProposalState | undefined;
    before: string | null;
    limit: number;
  },
): Promise<StoredProposal[]> {
  const { rows } = await sql<StoredProposal>`
    select p.proposal_id as "proposalId", p.gauge_id as "gaugeId", p.kind, p.state,
           p.location_id as "locationId", place.code as "locationCode", p.item_id as "itemId",
           i.number as "itemNumber", i.uom, trim_scale(p.expected)::text as expected,
           trim_scale(p.measured)::text as measured, trim_scale(p.difference)::text as difference,
           p.source_time as "sourceTime", p.reason, p.decided_by as "decidedBy",
           p.decided_time as "decidedTime", p.created_time as "createdTime"
      from inventory.stock_proposal p
      join inventory.location place using (tenant_id, location_id)
      join inventory.stocked_item i using (tenant_id, item_id)
     where p.tenant_id = ${tx.tenantId}
       and (${asked.proposalId ?? null}::uuid is null or p.proposal_id = ${asked.proposalId ?? null})
       and (${asked.gaugeId ?? null}::uuid is null or p.gauge_id = ${asked.gaugeId ?? null})
       and (${asked.state ?? null}::text is null or p.state = ${asked.state ?? null})
       and (${asked.before}::uuid is null or p.proposal_id < ${asked.before})
     order by p.proposal_id desc
     limit ${asked.limit}`.execute(tx.over());
  return rows;
}

export type NewProposal = Pick<
  StoredProposal,
  | "proposalId"
  | "gaugeId"
  | "kind"
  | "locationId"
  | "itemId"
  | "expected"
  | "measured"
  | "difference"
> & { sourceTime: string };

/** Opens these, or brings the open one of the gauge and kind up to date. The gauges are locked. */
export async function saveOpenProposals(tx: Transaction, proposals: readonly NewProposal[]) {
  await sql`
    insert into inventory.stock_proposal as open
      (tenant_id, proposal_id, gauge_id, kind, location_id, item_id, expected, measured, difference,
       source_time)
    select ${tx.tenantId}, "proposalId", "gaugeId", kind, "locationId", "itemId", expected, measured,
           difference, "sourceTime"
      from jsonb_to_recordset(${JSON.stringify(proposals)}::jsonb)
        as ("proposalId" uuid, "gaugeId" uuid, kind text, "locationId" uuid, "itemId" uuid,
            expected numeric, measured numeric, difference numeric, "sourceTime" timestamptz)
    on conflict (tenant_id, gauge_id, kind) where state = 'proposed' do update
       set expected = excluded.expected, measured = excluded.measured,
           difference = excluded.difference, source_time = excluded.source_time
     where (open.expected, open.measured, open.source_time)
           is distinct from (excluded.expected, excluded.measured, excluded.source_time)`.execute(
    tx.over(),
  );
}

/** Closes what is open of these gauges and kinds: nobody needs to decide any more. */
export async function lapseProposals(
  tx: Transaction,
  lapsed: readonly { gaugeId: string; kind: ProposalKind }[],
  now: Date,
): Promise<void> {
  await sql`
    update inventory.stock_proposal p
       set state = 'lapsed', decided_time = ${now}
      from jsonb_to_recordset(${JSON.stringify(lapsed)}::jsonb) as l ("gaugeId" uuid, kind text)
     where p.tenant_id = ${tx.tenantId}
       and p.gauge_id = l."gaugeId"
       and p.kind = l.kind
       and p.state = 'proposed'`.execute(tx.over());
}

export async function saveDecision(
  tx: Transaction,
  decision: {
    proposalId: string;
    state: "confirmed" | "rejected";
    reason: string;
    decidedBy: string;
    now: Date;
  },
): Promise<void> {
  await sql`
    update inventory.stock_proposal
       set state = ${decision.state}, reason = ${decision.reason}, decided_by = ${decision.decidedBy},
           decided_time = ${decision.now}
     where tenant_id = ${tx.tenantId}
       and proposal_id = ${decision.proposalId}`.execute(tx.over());
}
