import { readFileSync } from "node:fs";
import { join } from "node:path";

import { isHeld, readRecord } from "../database/data-folder.ts";
import { secret } from "../database/secrets.ts";
import { kindFromEnvironment, startServer } from "../database/server.ts";
import { DATABASE_NAME } from "../migrate/migrate.ts";
import { withDatabase } from "../migrate/roles.ts";
import { StartRefusal } from "../refusal.ts";

/** Where the data of an installation lie, reached as its administrator. */
export type Installation = {
  /** The login of the superuser, to the installation's database. */
  readonly adminUrl: string;
  readonly database: string;
} & AsyncDisposable;

/**
 * Reaches the database of DATABASE_URL, or the private server of DATA_DIR: the one that runs, else it
 * is started for as long as it is needed.
 */
export async function openInstallation(
  dataDir: string,
  databaseUrl: string | undefined,
): Promise<Installation> {
  if (databaseUrl !== undefined && databaseUrl !== "") {
    const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
    if (database === "") {
      throw new StartRefusal("DATABASE_URL names no database: end it with /millwright.");
    }
    return { adminUrl: databaseUrl, database, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  if (isHeld(dataDir)) return running(dataDir);
  const kind = kindFromEnvironment();
  const server = await startServer({ dataDir, ...(kind && { kind }), say: console.error });
  return {
    adminUrl: server.superuserUrl(DATABASE_NAME),
    database: DATABASE_NAME,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** The server that `npm start` runs in this folder tells its socket in line 5 of postmaster.pid. */
function running(dataDir: string): Installation {
  const folder = readRecord(dataDir)?.folder;
  const socketFolder =
    folder === undefined
      ? undefined
      : readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[4]?.trim();
  if (socketFolder === undefined || socketFolder === "") {
    throw new StartRefusal(`The plant in ${dataDir} is just starting: try again in a few seconds.`);
  }
  const url = `postgresql://postgres:${secret(dataDir, "postgres")}@localhost/postgres?host=${encodeURIComponent(socketFolder)}`;
  return {
    adminUrl: withDatabase(url, DATABASE_NAME),
    database: DATABASE_NAME,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
