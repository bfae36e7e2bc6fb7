import type { DatabaseKind } from "../database/programs.ts";
import { ensureTemplate } from "./database.ts";
import { announce, startTestServer } from "./server.ts";

/** Vitest's global set-up of a database layer: one server and one migrated template for the run. */
export async function setUpDatabase(kind: DatabaseKind): Promise<() => Promise<void>> {
  const { server, stop } = await startTestServer(kind);
  await ensureTemplate(server);
  announce(kind, server);
  return stop;
}
