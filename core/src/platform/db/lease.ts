import pg from "pg";

/**
 * The right to be the only one in the installation who does `name`: a session advisory lock on a
 * connection of its own, so that it ends with the process, whatever happens to it.
 * Null when somebody else has it.
 */
export async function takeLease(url: string, name: string): Promise<Lease | null> {
  const client = new pg.Client({ connectionString: url, keepAlive: true });
  let isLost = false;
  const lost = () => {
    isLost = true;
  };
  client.on("error", lost);
  client.on("end", lost);
  try {
    await client.connect();
    const { rows } = await client.query<{ taken: boolean }>(
      "select pg_try_advisory_lock(4712, hashtext($1)) as taken",
      [name],
    );
    if (rows[0]?.taken === true) {
      return {
        isLost: () => isLost,
        [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
      };
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return null;
}

export type Lease = AsyncDisposable & { isLost: () => boolean };
