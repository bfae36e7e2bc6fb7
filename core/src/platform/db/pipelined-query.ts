import pg from "pg";

/** A statement under the name by which its connection keeps it prepared; without one it is parsed every time. */
export type Step = { readonly name: string; readonly text: string };
export type BoundStep = { readonly step: Step; readonly values: readonly (string | null)[] };
/** The statement whose answer is awaited; without a name it is parsed every time. */
export type Statement = {
  readonly name?: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
};

/**
 * Prepares what this connection does not have yet, behind `first`: one round trip, once per connection.
 * When one cannot be prepared nobody knows which of the others are, and the connection is spoiled.
 */
export async function prepare(
  client: pg.PoolClient,
  steps: readonly Step[],
  first: readonly BoundStep[] = [],
): Promise<void> {
  const missing = new Map(
    steps.filter((step) => !isPrepared(client, step)).map(({ name, text }) => [name, text]),
  );
  if (missing.size === 0) return;
  try {
    await submitted<pg.QueryResult>(client, (settle) => new Preparation(first, missing, settle));
  } catch (error) {
    spoiled.add(client);
    throw error;
  }
  const known = connectionOf(client).parsedStatements;
  for (const [name, text] of missing) known[name] = text;
}

/** Whether what this connection has prepared is no longer known: nobody may use it again. */
export function isSpoiled(client: pg.PoolClient): boolean {
  return spoiled.has(client);
}

const spoiled = new WeakSet<pg.PoolClient>();

export function isPrepared(client: pg.PoolClient, { name }: Step): boolean {
  // The driver's own list, so that a statement is known whichever way it was prepared.
  return name === unnamed || connectionOf(client).parsedStatements[name] !== undefined;
}

/** The name of a statement that no connection keeps. */
export const unnamed = "";

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

/** In order; with a failure those of the statements before the one that failed. */
export type Answers = { results: pg.QueryResult[]; failure: unknown };

/**
 * Sends prepared steps and several prepared statements as one message, before one Sync: one round
 * trip and one transaction, in which every statement sees the rows of its own moment. When one fails
 * the server skips those behind it.
 */
export async function queryTogether(
  client: pg.PoolClient,
  steps: readonly BoundStep[],
  statements: readonly (Statement & Step)[],
): Promise<Answers> {
  return submitted(client, (settle) => new TogetherQuery(steps, statements, settle));
}

function submitted<T>(client: pg.PoolClient, make: (settle: Settle<T>) => DriverQuery): Promise<T> {
  return new Promise((resolve, reject) => {
    const query: unknown = make((error, result) => (error ? reject(error) : resolve(result)));
    client.query(query as pg.Submittable);
  });
}

function connectionOf(client: pg.PoolClient): DriverConnection {
  return (client as unknown as { connection: DriverConnection }).connection;
}

type Settle<T> = (error: Error | null, result: T) => void;
type Config = Omit<Statement, "values"> & { values: unknown[]; queryMode: "extended" };
type Message = object;
type DriverConnection = pg.Connection & {
  readonly parsedStatements: Record<string, string>;
  parse(step: Step): void;
  bind(config: object): void;
  execute(config: object): void;
  sync(): void;
};
type DriverQuery = {
  submit(connection: DriverConnection): Error | null;
  prepare(connection: DriverConnection): void;
  _getRows(connection: DriverConnection): void;
  handleRowDescription(message: Message): void;
  handleDataRow(message: Message): void;
  handleCommandComplete(message: Message, connection: DriverConnection): void;
  handleEmptyQuery(connection: DriverConnection): void;
  handleReadyForQuery(connection: DriverConnection): void;
};

// The driver's own query, with what it has beside its published types.
const BaseQuery = pg.Query as unknown as new (
  config: Config,
  values: undefined,
  callback: Settle<pg.QueryResult>,
) => DriverQuery;

class Preparation extends BaseQuery {
  readonly #first: readonly BoundStep[];
  readonly #steps: ReadonlyMap<string, string>;

  constructor(
    first: readonly BoundStep[],
    steps: ReadonlyMap<string, string>,
    settle: Settle<pg.QueryResult>,
  ) {
    super({ text: "", values: [], queryMode: "extended" }, undefined, settle);
    this.#first = first;
    this.#steps = steps;
  }

  override submit(connection: DriverConnection): Error | null {
    return inOneWrite(connection, () => {
      run(this.#first, connection);
      for (const [name, text] of this.#steps) connection.parse({ name, text });
      connection.sync();
      return null;
    });
  }

  // Nobody asked what the first steps answer.
  override handleDataRow(): void {}
  override handleCommandComplete(): void {}
}

class PipelinedQuery extends BaseQuery {
  readonly #steps: readonly BoundStep[];
  #completed = 0;

  constructor(
    steps: readonly BoundStep[],
    { name, text, values }: Statement,
    settle: Settle<pg.QueryResult>,
  ) {
    super({ name, text, values: [...values], queryMode: "extended" }, undefined, settle);
    this.#steps = steps;
  }

  override submit(connection: DriverConnection): Error | null {
    return inOneWrite(connection, () => {
      run(this.#steps, connection);
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

/** One of several statements before one Sync. */
class PartQuery extends BaseQuery {
  override _getRows(connection: DriverConnection): void {
    connection.execute({});
  }
}

class TogetherQuery extends BaseQuery {
  readonly #steps: readonly BoundStep[];
  readonly #parts: readonly DriverQuery[];
  readonly #results: pg.QueryResult[] = [];
  #completed = 0;

  constructor(
    steps: readonly BoundStep[],
    statements: readonly Statement[],
    settle: Settle<Answers>,
  ) {
    super({ text: "", values: [], queryMode: "extended" }, undefined, (failure) =>
      settle(null, { results: this.#results, failure }),
    );
    this.#steps = steps;
    const keep: Settle<pg.QueryResult> = (_error, result) => this.#results.push(result);
    this.#parts = statements.map(
      ({ values, ...statement }) =>
        new PartQuery(
          { ...statement, values: [...values], queryMode: "extended" },
          undefined,
          keep,
        ),
    );
  }

  override submit(connection: DriverConnection): Error | null {
    return inOneWrite(connection, () => {
      run(this.#steps, connection);
      for (const part of this.#parts) part.prepare(connection);
      connection.sync();
      return null;
    });
  }

  get #answered(): number {
    return this.#completed - this.#steps.length;
  }

  override handleRowDescription(message: Message): void {
    this.#parts[this.#answered]?.handleRowDescription(message);
  }

  override handleDataRow(message: Message): void {
    this.#parts[this.#answered]?.handleDataRow(message);
  }

  override handleCommandComplete(message: Message, connection: DriverConnection): void {
    this.#parts[this.#answered]?.handleCommandComplete(message, connection);
    this.#complete(connection);
  }

  override handleEmptyQuery(connection: DriverConnection): void {
    this.#complete(connection);
  }

  #complete(connection: DriverConnection): void {
    const part = this.#parts[this.#answered];
    this.#completed += 1;
    part?.handleReadyForQuery(connection);
  }
}

function run(steps: readonly BoundStep[], connection: DriverConnection): void {
  for (const { step, values } of steps) {
    if (step.name === unnamed) connection.parse(step);
    connection.bind({ statement: step.name, values });
    connection.execute({});
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
