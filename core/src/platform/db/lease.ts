import pg from "pg";

/**
 * Rights to be the only one who does something in a database: session advisory locks on a connection
 * of their own, so that they end with the process, whatever happens to it. All leases of a process in
 * one database share that connection, because a worker serves up to fifty databases.
 */
export class Leases {
  readonly #url: string;
  readonly #held = new Set<string>();
  #session: Promise<Session> | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  /** The lease of that name; null when somebody else has it. Connects when it is first asked. */
  async take(name: string): Promise<Lease | null> {
    // A session may take its own lock twice, so what this process holds is known here.
    if (this.#held.has(name)) return null;
    this.#held.add(name);
    try {
      const session = await this.#connected();
      const { rows } = await session.client.query<{ taken: boolean }>(
        "select pg_try_advisory_lock(4712, hashtext($1)) as taken",
        [name],
      );
      if (rows[0]?.taken === true) return this.#leaseOf(name, session);
    } catch (error) {
      this.#held.delete(name);
      throw error;
    }
    this.#held.delete(name);
    return null;
  }

  #leaseOf(name: string, session: Session): Lease {
    return {
      isLost: () => session.isLost,
      [Symbol.asyncDispose]: async () => {
        // A lost session has no locks to give back.
        if (!session.isLost) {
          await session.client
            .query("select pg_advisory_unlock(4712, hashtext($1))", [name])
            .catch(() => undefined);
        }
        this.#held.delete(name);
      },
    };
  }

  #connected(): Promise<Session> {
    this.#session ??= this.#connect().catch((error: unknown) => {
      this.#session = null;
      throw error;
    });
    return this.#session;
  }

  async #connect(): Promise<Session> {
    const client = new pg.Client({
      connectionString: this.#url,
      keepAlive: true,
      connectionTimeoutMillis: connectMs,
      // A lock function answers at once; a connection that does not is dead.
      query_timeout: connectMs,
    });
    const session: Session = { client, isLost: false };
    const lost = () => {
      session.isLost = true;
      this.#session = null;
    };
    client.on("error", lost);
    client.on("end", lost);
    await client.connect();
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = await this.#session?.catch(() => null);
    await session?.client.end().catch(() => undefined);
  }
}

export type Lease = AsyncDisposable & { isLost: () => boolean };

type Session = { client: pg.Client; isLost: boolean };

const connectMs = 10_000;
