import type pg from "pg";

import { type Answers, prepare, queryAfter, queryTogether, type Step } from "./pipelined-query.ts";
import { statementName } from "./statement-name.ts";

/**
 * Runs one statement that only reads, as a transaction of one tenant, in one round trip (decision
 * 0012). Setting the tenant and the statement are one message and so one transaction: row security
 * sees the tenant, and the connection forgets it at the end. A statement that writes fails: 25006.
 */
export async function queryAsTenant(
  client: pg.PoolClient,
  tenantId: string,
  { text, values }: { text: string; values: readonly unknown[] },
): Promise<pg.QueryResult> {
  await prepare(client, [settingReader]);
  const setting = { step: settingReader, values: [tenantId] };
  return queryAfter(client, [setting], { name: statementName(text), text, values });
}

/** A statement that is kept prepared, with its bound values. */
export type NamedRead = Step & { readonly values: readonly unknown[] };

/** Several statements of one tenant that only read, in one round trip; each for `limitMs` at most. */
export async function queryTogetherAsTenant(
  client: pg.PoolClient,
  tenantId: string,
  { statements, limitMs }: { statements: readonly NamedRead[]; limitMs: number },
): Promise<Answers> {
  const setting = { step: settingReaderInTime, values: [tenantId, String(limitMs)] };
  await prepare(client, [settingReaderInTime]);
  // In time too: preparing waits for who has locked a table.
  await prepare(client, statements, [setting]);
  return queryTogether(client, [setting], statements);
}

const settingReader = {
  name: "mw_set_reader",
  text: `select set_config('app.tenant_id', $1, true), set_config('transaction_read_only', 'on', true)`,
};
const settingReaderInTime = {
  name: "mw_set_reader_in_time",
  text: `${settingReader.text}, set_config('statement_timeout', $2, true)`,
};
