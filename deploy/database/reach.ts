import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { DATABASE_NAME } from "../migrate/migrate.ts";
import { StartRefusal } from "../refusal.ts";
import { isHeld, readRecord } from "./data-folder.ts";
import { secret } from "./secrets.ts";
import { kindFromEnvironment, startServer } from "./server.ts";

/** An installation as its administrator reaches it; disposing it stops what was started for it. */
export type Reached = AsyncDisposable & {
  readonly adminUrl: string;
  readonly dataDir: string;
  /** Name of our database on the private server; absent: the database of `adminUrl`. */
  readonly database?: string;
};

/**
 * The installation that the environment names: DATABASE_URL, else the private server of DATA_DIR, the
 * one that runs or one that is started for the moment.
 * @throws StartRefusal when there is none or it does not answer.
 */
export async function reachInstallation(env: NodeJS.ProcessEnv): Promise<Reached> {
  const dataDir = resolve(env["DATA_DIR"] ?? "data");
  const external = env["DATABASE_URL"];
  if (external !== undefined && external !== "") {
    return { adminUrl: external, dataDir, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  if (isHeld(dataDir)) {
    return {
      adminUrl: urlOfRunning(dataDir),
      dataDir,
      database: DATABASE_NAME,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const kind = kindFromEnvironment();
  const server = await startServer({ dataDir, ...(kind && { kind }), say: console.error });
  return {
    adminUrl: server.superuserUrl(),
    dataDir,
    database: DATABASE_NAME,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

// PostgreSQL writes the folder of its socket into line 5 of postmaster.pid.
function urlOfRunning(dataDir: string): string {
  const folder = readRecord(dataDir)?.folder ?? "";
  try {
    const [, , , , sockets = ""] = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
    const password = secret(dataDir, "postgres");
    return `postgresql://postgres:${password}@localhost/postgres?host=${encodeURIComponent(sockets)}`;
  } catch (cause) {
    throw new StartRefusal(
      `The plant of ${dataDir} is starting or stopping: try again when its database runs.`,
      { cause },
    );
  }
}
