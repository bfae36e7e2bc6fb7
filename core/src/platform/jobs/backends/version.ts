import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { z } from "zod";

/** Version of the installed BullMQ, read without loading it. */
export function jobQueueVersion(): string {
  const { resolve } = createRequire(import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(resolve("bullmq/package.json"), "utf8"));
  return z.object({ version: z.string() }).parse(manifest).version;
}
