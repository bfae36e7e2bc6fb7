import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

import type { TestDatabase } from "../test/database.ts";

const attemptsMax = 200;
const retryMs = 100;
const answerMsMax = 30_000;

/**
 * Runs a statement on a database that may have been killed a moment ago and recovers: tried again for
 * about 20 s. @throws the last error.
 */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  for (let attempt = 1; ; attempt += 1) {
    const client = new pg.Client({ connectionString: url, query_timeout: answerMsMax });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(statement, values)).rows;
    } catch (error) {
      if (attempt === attemptsMax) throw error;
      await pause(retryMs);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** The owner's connection, which sees what belongs to this tenant: row security holds for owners too. */
export function inTenant({ urls, tenantId }: TestDatabase): string {
  const url = new URL(urls.owner);
  url.searchParams.set("options", `-c app.tenant_id=${tenantId}`);
  return url.href;
}
