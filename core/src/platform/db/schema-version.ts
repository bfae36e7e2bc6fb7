import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { sql } from "kysely";

import { Fault } from "../errors.ts";
import type { Database } from "./database.ts";

/**
 * Waits until the migrations this source tree knows are applied, so that no process runs on an older
 * schema than its code.
 * @throws Fault after `timeoutMs`.
 */
export async function waitForSchema(db: Database, options: { timeoutMs: number }): Promise<void> {
  const wanted = newestMigration();
  const deadline = Date.now() + options.timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const [row] = await db.query(
        sql<{ done: boolean }>`
          select exists (select from platform.migration where name = ${wanted}) as done`,
      );
      if (row?.done === true) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) {
      if (cause instanceof Fault) throw cause;
      const message = `The database has no migration ${wanted}: run npm run migrate.`;
      throw new Fault(message, { cause, isRetryable: true });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

const retryMs = 250;

/** Of the platform and of every context; the other folders are not walked, because every start does this. */
function newestMigration(): string {
  const root = join(import.meta.dirname, "..", "..");
  const contexts = readdirSync(join(root, "modules")).map((name) => join("modules", name));
  const names = ["platform", ...contexts]
    .map((folder) => join(root, folder, "migrations"))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => /^\d{17}_.*\.sql$/.test(name))
    .map((name) => name.replace(/\.sql$/, ""));
  return names.sort().at(-1) ?? "";
}
