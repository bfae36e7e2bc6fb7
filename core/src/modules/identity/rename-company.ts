import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { changedMeanwhile } from "../../platform/http/if-match.ts";
import { readCompany } from "./people-queries.ts";

/** Gives the company another name. @throws Refusal record.changed_meanwhile */
export async function renameCompany(
  tx: Transaction,
  { actor }: Pick<Caller, "actor">,
  asked: { name: string; version: number },
): Promise<void> {
  const before = await readCompany(tx);
  const { numAffectedRows } = await sql`
    update identity.tenant
       set name = ${asked.name}, version = version + 1
     where tenant_id = ${tx.tenantId}
       and version = ${asked.version}`.execute(tx.over());
  if (numAffectedRows !== 1n) throw changedMeanwhile(before.version, asked.version);
  recordChange(tx, {
    objectType: "company",
    objectId: tx.tenantId,
    label: asked.name,
    before: { name: before.name },
    after: { name: asked.name },
    by: actor,
  });
}
