import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

import { StartRefusal, messageOf } from "../refusal.ts";

// What a first start may have left before it made its database.
const OURS = new Set(["database.json", "secrets", "owner", "logs", "tls", ".cache", "demo"]);

/**
 * Makes DATA_DIR, or sees that it is ours.
 * @throws StartRefusal when it cannot be made, is a file, or holds somebody else's files.
 */
export function openDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    throw new StartRefusal(
      `The data folder ${dataDir} cannot be made (${messageOf(cause)}): set DATA_DIR to a folder you may write to.`,
      { cause },
    );
  }
  const entries = readdirSync(dataDir);
  if (entries.includes("database.json") || entries.includes("secrets")) return;
  const foreign = entries.find((name) => !OURS.has(name));
  if (foreign === undefined) return;
  throw new StartRefusal(
    `The data folder ${dataDir} holds files that are not Millwright's (${foreign}): set DATA_DIR to an empty folder.`,
  );
}

/** The nearest folder that exists on the way to `path`. */
export function nearestFolder(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  const parent = dirname(path);
  return parent === path ? path : nearestFolder(parent);
}
