import pg from "pg";

/** A statement under the name by which its connection keeps it prepared. */
export type Step = { readonly name: string; readonly text: string };
export type BoundStep = { readonly step: Step; readonly values: readonly string[] };
/** The statement whose answer is awaited; without a name it is parsed every time. */
export type Statement = {
  readonly name?: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
};

/** Prepares steps that this connection does not have yet: one round trip, once per connection. */
export async function prepare(client: pg.PoolClient, steps: readonly Step[]): Promise<void> {
  const known = prepared.get(client) ?? new Set<string>();
  const missing = steps.filter(({ name }) => !known.has(name));
  if (missing.length === 0) return;
  await submitted(client, (settle) => new Preparation(missing, settle));
  for (const { name } of missing) known.add(name);
  prepared.set(client, known);
}

/**
 * Sends prepared steps and a statement as one message, before one Sync (PostgreSQL, 54.2.3 Extended
 * Query, pipelining): one round trip, one write. The first that fails fails the call, and the server
 * skips those behind it. Outside of `begin` the whole message is one transaction.
 */
export async function queryAfter(
  client: pg.PoolClient,
  steps: readonly BoundStep[],
  statement: Statement,
): Promise<pg.QueryResult> {
  return submitted(client, (settle) => new PipelinedQuery(steps, statement, settle));
}

const prepared = new WeakMap<pg.PoolClient, Set<string>>();

function submitted(
  client: pg.PoolClient,
  make: (settle: Settle) => DriverQuery,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const query: unknown = make((error, result) => (error ? reject(error) : resolve(result)));
    client.query(query as pg.Submittable);
  });
}

type Settle = (error: Error | null, result: pg.QueryResult) => void;
type Config = Omit<Statement, "values"> & { values: unknown[]; queryMode: "extended" };
type Message = object;
type DriverConnection = pg.Connection & {
  parse(step: Step): void;
  bind(config: object): void;
  execute(config: object): void;
  sync(): void;
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
  callback: Settle,
) => DriverQuery;

class Preparation extends BaseQuery {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[], settle: Settle) {
    super({ text: "", values: [], queryMode: "extended" }, undefined, settle);
    this.#steps = steps;
  }

  override submit(connection: DriverConnection): Error | null {
    return inOneWrite(connection, () => {
      for (const step of this.#steps) connection.parse(step);
      connection.sync();
      return null;
    });
  }
}

class PipelinedQuery extends BaseQuery {
  readonly #steps: readonly BoundStep[];
  #completed = 0;

  constructor(steps: readonly BoundStep[], { name, text, values }: Statement, settle: Settle) {
    super({ name, text, values: [...values], queryMode: "extended" }, undefined, settle);
    this.#steps = steps;
  }

  override submit(connection: DriverConnection): Error | null {
    return inOneWrite(connection, () => {
      for (const { step, values } of this.#steps) {
        connection.bind({ statement: step.name, values });
        connection.execute({});
      }
      return super.submit(connection);
    });
  }

  // Rows and completions of the steps come first; nobody asked for them.
  override handleDataRow(message: Message): void {
    if (this.#completed >= this.#steps.length) super.handleDataRow(message);
  }

  override handleCommandComplete(message: Message, connection: DriverConnection): void {
    if (this.#completed >= this.#steps.length) super.handleCommandComplete(message, connection);
    this.#completed += 1;
  }
}

function inOneWrite<T>(connection: DriverConnection, write: () => T): T {
  connection.stream.cork();
  try {
    return write();
  } finally {
    connection.stream.uncork();
  }
}
