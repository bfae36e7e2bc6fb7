import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { invariant } from "../../../platform/errors.ts";

const prefixes = { transfer: "TR", cycle_count: "CC" } as const;

/** The next number of a kind, without gaps: `TR-00042`. Two at once take turns. */
export async function nextNumber(tx: Transaction, kind: keyof typeof prefixes): Promise<string> {
  const { rows } = await sql<{ last: number }>`
    insert into inventory.document_number (tenant_id, kind, last) values (${tx.tenantId}, ${kind}, 1)
    on conflict (tenant_id, kind) do update set last = document_number.last + 1
    returning last`.execute(tx.over());
  const [row] = rows;
  invariant(row !== undefined, "an upsert gives a row");
  return `${prefixes[kind]}-${String(row.last).padStart(5, "0")}`;
}
