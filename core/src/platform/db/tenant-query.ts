import pg from "pg";

import { statementName } from "./statement-name.ts";

/**
 * Runs one statement that only reads, as a transaction of one tenant, in one round trip. Setting the
 * tenant and the statement go out together and before one Sync, which makes them one transaction
 * (PostgreSQL, 54.2.3 Extended Query): row security sees the tenant, and the connection forgets it at
 * the end. A statement that writes fails: 25006.
 */
export async function queryAsTenant(
  client: pg.PoolClient,
  tenantId: string,
  { text, values }: { text: string; values: readonly unknown[] },
): Promise<pg.QueryResult> {
  if (!prepared.has(client)) {
    await client.query({ ...setTenant, values: [tenantId] });
    prepared.add(client);
  }
  return new Promise((resolve, reject) => {
    const name = statementName(text);
    const config = { text, values, name, queryMode: "extended" } as const;
    const query: unknown = new TenantQuery(config, tenantId, { resolve, reject });
    client.query(query as pg.Submittable);
  });
}

/** Prepared once per connection, since every read of it uses it. */
const setTenant = {
  name: "mw_set_tenant",
  text: `select set_config('app.tenant_id', $1, true), set_config('transaction_read_only', 'on', true)`,
};
const prepared = new WeakSet<pg.PoolClient>();

type Config = {
  text: string;
  values: readonly unknown[];
  name: string | undefined;
  queryMode: "extended";
};
type Settle = { resolve: (result: pg.QueryResult) => void; reject: (error: Error) => void };
type Message = object;
type DriverConnection = pg.Connection & {
  bind(config: object): void;
  execute(config: object): void;
};
type DriverQuery = {
  submit(connection: DriverConnection): Error | null;
  handleDataRow(message: Message): void;
  handleCommandComplete(message: Message, connection: DriverConnection): void;
};

// The driver's own query, with what it has beside its published types.
const BaseQuery = pg.Query as unknown as new (
  config: Config,
  values: undefined,
  callback: (error: Error | null, result: pg.QueryResult) => void,
) => DriverQuery;

/** A query of the driver with the setting of the tenant before it. */
class TenantQuery extends BaseQuery {
  readonly #tenantId: string;
  #isTenantSet = false;

  constructor(config: Config, tenantId: string, { resolve, reject }: Settle) {
    super(config, undefined, (error, result) => (error ? reject(error) : resolve(result)));
    this.#tenantId = tenantId;
  }

  override submit(connection: DriverConnection): Error | null {
    // One write for all messages.
    connection.stream.cork();
    try {
      connection.bind({ portal: "", statement: setTenant.name, values: [this.#tenantId] });
      connection.execute({ portal: "" });
      return super.submit(connection);
    } finally {
      connection.stream.uncork();
    }
  }

  // The first row and the first completion are those of the setting.
  override handleDataRow(message: Message): void {
    if (this.#isTenantSet) super.handleDataRow(message);
  }

  override handleCommandComplete(message: Message, connection: DriverConnection): void {
    if (this.#isTenantSet) super.handleCommandComplete(message, connection);
    this.#isTenantSet = true;
  }
}
