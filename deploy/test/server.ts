import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

import { isHeld } from "../database/data-folder.ts";
import { type DatabaseKind, databaseKinds } from "../database/programs.ts";
import { startServer } from "../database/server.ts";

/** What a test needs to know of the server that all tests of a run share. */
const testServerSchema = z.object({
  kind: z.enum(databaseKinds),
  superuserUrl: z.string(),
  dataDir: z.string(),
});
export type TestServer = z.infer<typeof testServerSchema>;

const PREFIX = "millwright-test-";
const connectionsMaxDefault = 200;
// Nothing here outlives the run, so nothing is written through to the disk.
const VOLATILE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

const started = new Map<string, Promise<TestServer>>();

/**
 * The server of this run for a kind (undefined: TimescaleDB where it can be had): the one vitest's
 * global set-up announced, else one of this process, which ends with it.
 */
export function sharedServer(kind: DatabaseKind | undefined): Promise<TestServer> {
  const announced = process.env[variable(kind)];
  if (announced !== undefined) {
    return Promise.resolve(testServerSchema.parse(JSON.parse(announced)));
  }
  const key = kind ?? "any";
  const server = started.get(key) ?? startTestServer(kind).then(({ server }) => server);
  started.set(key, server);
  return server;
}

/**
 * Starts a server in a temporary folder; `stop` removes the folder too. `isDurable` writes commits
 * through to the disk, for measures: it cannot be turned on later, the command line wins.
 * `connectionsMax` is the server's `max_connections`.
 */
export async function startTestServer(
  kind: DatabaseKind | undefined,
  {
    isDurable = false,
    connectionsMax = connectionsMaxDefault,
  }: { isDurable?: boolean; connectionsMax?: number } = {},
): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  removeAbandoned();
  const dataDir = mkdtempSync(join(tmpdir(), PREFIX));
  // The server's account must pass through; the secrets inside have their own modes.
  chmodSync(dataDir, 0o755);
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true });
  process.once("exit", remove);
  const settings = [...(isDurable ? [] : VOLATILE), `max_connections=${connectionsMax}`];
  const running = await startServer({ dataDir, settings, ...(kind && { kind }) });
  const server = { kind: running.kind, superuserUrl: running.superuserUrl(), dataDir };
  return {
    server,
    stop: async () => {
      await running.stop();
      remove();
    },
  };
}

/** Makes the server known to the test processes this one starts. */
export function announce(kind: DatabaseKind, server: TestServer): void {
  process.env[variable(kind)] = JSON.stringify(server);
}

function variable(kind: DatabaseKind | undefined): string {
  return `MILLWRIGHT_TEST_SERVER_${(kind ?? "timescale").toUpperCase()}`;
}

// Folders of runs that were killed: their servers ended with them.
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (name.startsWith(PREFIX) && hasOwner(folder) && !isHeld(folder)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function hasOwner(folder: string): boolean {
  try {
    return readFileSync(join(folder, "owner"), "utf8") !== "";
  } catch {
    return false;
  }
}
