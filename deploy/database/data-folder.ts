import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

import { StartRefusal } from "../refusal.ts";
import { type Account, canEnter } from "./account.ts";
import { type DatabaseKind, databaseKinds, type Programs } from "./programs.ts";

/** What DATA_DIR/database.json remembers: which server made the files, and where they lie. */
const recordSchema = z.object({
  kind: z.enum(databaseKinds),
  major: z.number().int(),
  folder: z.string(),
});
export type DataRecord = z.infer<typeof recordSchema>;

/** The record, or null when no server has been made for this DATA_DIR yet. */
export function readRecord(dataDir: string): DataRecord | null {
  const path = recordPath(dataDir);
  if (!existsSync(path)) return null;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new StartRefusal(
      `${path} is not readable as the record of a database: restore it from a backup, or choose another DATA_DIR.`,
      { cause },
    );
  }
}

export function writeRecord(dataDir: string, record: DataRecord): void {
  const path = recordPath(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/**
 * A data folder stays with the server that made it.
 * @throws StartRefusal when `wanted` is another kind or another major version.
 */
export function refuseForeign(dataDir: string, record: DataRecord, wanted: DatabaseKind): void {
  if (record.kind === wanted) return;
  throw new StartRefusal(
    `The database in ${dataDir} was made by the ${record.kind} server and EMBEDDED_DB=${wanted} asks for another: ` +
      `start with EMBEDDED_DB=${record.kind}, or dump it there and restore it into a new DATA_DIR.`,
  );
}

/** @throws StartRefusal when the programs are of another major version than the files. */
export function refuseOtherMajor(dataDir: string, record: DataRecord, programs: Programs): void {
  if (record.major === programs.major) return;
  throw new StartRefusal(
    `The database in ${dataDir} was made by PostgreSQL ${record.major} and this version brings ${programs.major}: ` +
      `dump it with the version that made it and restore it into a new DATA_DIR.`,
  );
}

/**
 * Where a new server puts its files: in DATA_DIR, or in /var/lib/millwright/<hash> when the account
 * it must run as cannot pass through DATA_DIR.
 */
export function chooseFolder(dataDir: string, account: Account | null): string {
  if (canEnter(account, dataDir)) return join(dataDir, "postgres");
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  return join("/var/lib/millwright", name, "postgres");
}

/** Makes a folder that belongs to the server's account, and its parents. */
export function makeOwned(folder: string, account: Account | null): void {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account !== null) chownSync(folder, account.uid, account.gid);
}

/**
 * Puts our name on the folder for as long as this process lives.
 * @throws StartRefusal when another living process holds it.
 */
export function claim(dataDir: string): void {
  const holder = holderOf(dataDir);
  if (holder !== null && holder !== process.pid) {
    throw new StartRefusal(
      `${dataDir} is in use by process ${holder}: stop that one first, or choose another DATA_DIR.`,
    );
  }
  writeFileSync(join(dataDir, "owner"), `${identityOf(process.pid)}\n`);
}

/** Whether a living process holds the folder. */
export function isHeld(dataDir: string): boolean {
  return holderOf(dataDir) !== null;
}

function holderOf(dataDir: string): number | null {
  const path = join(dataDir, "owner");
  if (!existsSync(path)) return null;
  const holder = readFileSync(path, "utf8").trim();
  const pid = Number(holder.split(" ")[0]);
  return holder !== "" && identityOf(pid) === holder ? pid : null;
}

export function release(dataDir: string): void {
  rmSync(join(dataDir, "owner"), { force: true });
}

/**
 * Clears what a killed plant left in the folder: a postmaster that outlived it is stopped, a
 * postmaster.pid whose number now belongs to a stranger is removed.
 */
export async function clearLeftovers(folder: string): Promise<void> {
  const pidFile = join(folder, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const [line = ""] = readFileSync(pidFile, "utf8").split("\n");
  const pid = Number(line);
  if (isPostmasterOf(pid, folder)) await stopPostmaster(pid);
  rmSync(pidFile, { force: true });
}

/** Stops a postmaster that is not our child: fast, then at once (the next start then recovers). */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGINT", 15_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!send(pid, signal)) return;
    for (let waited = 0; waited < waitMs; waited += 50) {
      if (!isRunning(pid)) return;
      await delay(50);
    }
  }
}

function recordPath(dataDir: string): string {
  return join(dataDir, "database.json");
}

// A number alone is not an identity: numbers are reused. On Linux the start time makes it one.
function identityOf(pid: number): string {
  if (!isRunning(pid)) return "";
  const startTicks = statOf(pid)?.[19];
  return startTicks === undefined ? `${pid}` : `${pid} ${startTicks}`;
}

// A killed process whose parent does not collect it (no init in a container) stays as a zombie.
function isRunning(pid: number): boolean {
  return send(pid, 0) && statOf(pid)?.[0] !== "Z";
}

/** Fields of /proc/<pid>/stat from the state (index 0) on; undefined where there is no /proc. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it is in brackets and may itself hold blanks and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

// A postmaster works in its data folder; without /proc we trust the number.
function isPostmasterOf(pid: number, folder: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1 || !isRunning(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
