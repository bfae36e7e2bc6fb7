import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { IdentityModule } from "../identity/index.ts";

/** The day it is at the site, `YYYY-MM-DD`: revisions begin by its calendar, not by UTC's. */
export async function today(tx: Transaction, identity: IdentityModule): Promise<string> {
  const { from } = await identity.productionDay(tx);
  const { timeZone } = await identity.site(tx);
  const { rows } = await sql<{ day: string }>`
    select (${from}::timestamptz at time zone ${timeZone})::date::text as day`.execute(tx.over());
  return rows[0]?.day ?? from.toISOString().slice(0, "YYYY-MM-DD".length);
}
