import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The secret of that name in DATA_DIR/secrets: made once (256 random bits, URL-safe), then read.
 * The folder is 0700 and the file 0600, so only the account that starts the plant can read them.
 */
export function secret(dataDir: string, name: string): string {
  const folder = join(dataDir, "secrets");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const path = join(folder, name);
  try {
    // `wx` makes two starters agree: the second one reads what the first one wrote.
    writeFileSync(path, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(path, "utf8").trim();
}

/** Whether that secret has been made already. */
export function hasSecret(dataDir: string, name: string): boolean {
  return existsSync(join(dataDir, "secrets", name));
}
