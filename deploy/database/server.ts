import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
} from "node:fs";
import { readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { StartRefusal, messageOf } from "../refusal.ts";
import { type Account, asAccount, serverAccount } from "./account.ts";
import * as dataFolder from "./data-folder.ts";
import { guardian } from "./guardian.ts";
import { type DatabaseKind, type Programs, databaseKinds, findPrograms } from "./programs.ts";
import { hasSecret, secret } from "./secrets.ts";

export type ServerOptions = {
  /** Made when missing. Holds the files, the log and the secrets. */
  readonly dataDir: string;
  /** Forces a kind; else the one that made the folder, else TimescaleDB where it can be had. */
  readonly kind?: DatabaseKind;
  /** Extra `name=value` settings; tests switch durability off with them. */
  readonly settings?: readonly string[];
  /** Told about steps that take seconds. */
  readonly say?: (progress: string) => void;
};

// A plant on one machine: small buffers (the kernel caches the rest) and no planner compiler, whose
// start-up costs more than our queries.
const SETTINGS = [
  "listen_addresses=",
  "shared_buffers=128MB",
  "max_connections=100",
  "work_mem=8MB",
  "maintenance_work_mem=64MB",
  "effective_cache_size=512MB",
  "jit=off",
  "max_wal_size=512MB",
  // What a burst used is kept for the next one: a new log file is written full of zeros first.
  "min_wal_size=256MB",
  "max_logical_replication_workers=0",
  "password_encryption=scram-sha-256",
  "log_timezone=UTC",
  "timezone=UTC",
];
// While a new file of the log is filled with zeros nobody commits. At the default of 16 MB that holds live
// values up by 50 to 300 ms each time (bench:replay, decision 0028); files that are used again cost nothing.
const WAL_FILE_MB = 4;
// The Apache edition has no jobs, so its scheduler (one process per database) would only idle.
const TIMESCALE_SETTINGS = [
  "shared_preload_libraries=timescaledb",
  "timescaledb.telemetry_level=off",
  "timescaledb.max_background_workers=0",
];
// ARCHITECTURE.md, decision 3: whoever waits longer for TimescaleDB gets plain PostgreSQL.
const FETCH_DEADLINE_MS = 30_000;
const FORCED_FETCH_DEADLINE_MS = 600_000;
const START_DEADLINE_MS = 60_000;
// A kill -9 leaves backends that still hold shared memory for a moment.
const LEFTOVER_DEADLINE_MS = 10_000;
const FAST_SHUTDOWN_MS = 15_000;
const RELAUNCHES_MAX = 5;
// Up for this long, the count of relaunches begins anew.
const HEALTHY_AFTER_MS = 60_000;
const LOG_BYTES_MAX = 10 * 1024 * 1024;
// sockaddr_un holds 108 bytes; what is longer moves to a short private folder.
const SOCKET_PATH_BYTES_MAX = 100;
const SHORT_SOCKET_FOLDER = "/tmp/mw-";
const SOCKET_NAME = ".s.PGSQL.5432";

/**
 * Starts the private PostgreSQL of a plant: reachable through a unix socket only, scram passwords,
 * never as root. Ends with this process, however this process ends. Starting it again in the same
 * DATA_DIR continues where it was, also after a kill -9 of anything.
 * @throws StartRefusal when the folder belongs to another server, is in use, or cannot be used.
 */
export async function startServer(options: ServerOptions): Promise<PrivateServer> {
  if (process.platform === "win32") {
    throw new StartRefusal("On Windows set DATABASE_URL: the private database needs unix sockets.");
  }
  const say = options.say ?? (() => {});
  const dataDir = makeDataDir(options.dataDir);
  const account = serverAccount();
  const record = dataFolder.readRecord(dataDir);
  if (record !== null && options.kind !== undefined) {
    dataFolder.refuseForeign(dataDir, record, options.kind);
  }
  dataFolder.claim(dataDir);
  try {
    const programs = await choosePrograms({
      ...options,
      dataDir,
      account,
      say,
      made: record?.kind,
    });
    if (record !== null) dataFolder.refuseOtherMajor(dataDir, record, programs);
    const folder = record?.folder ?? dataFolder.chooseFolder(dataDir, account);
    const password = superuserPassword(dataDir, record !== null);
    if (record === null) {
      say("making the database");
      initialise({ programs, account, folder, password });
      dataFolder.writeRecord(dataDir, { kind: programs.kind, major: programs.major, folder });
    } else {
      refuseBroken(folder);
    }
    await dataFolder.clearLeftovers(folder);
    const asked = { dataDir, folder, account, programs, settings: options.settings ?? [] };
    return new PrivateServer(await launch(asked), { ...asked, password, say });
  } catch (error) {
    dataFolder.release(dataDir);
    throw error;
  }
}

/** A running private server. Disposing it is a fast, clean shutdown. */
export class PrivateServer {
  readonly kind: DatabaseKind;
  /** PostgreSQL's major version. */
  readonly major: number;
  /** Where the files lie; not below DATA_DIR when `account` cannot pass through it. */
  readonly folder: string;
  /** The account the server runs as, or null for our own. */
  readonly account: string | null;
  /** Settles with the reason when the server has ended and does not come back. */
  readonly failed: Promise<string>;
  #running: Running;
  readonly #launch: Launch;
  readonly #say: (progress: string) => void;
  readonly #password: string;
  #isStopping = false;

  constructor(
    running: Running,
    launch: Launch & { password: string; say: (progress: string) => void },
  ) {
    this.kind = launch.programs.kind;
    this.major = launch.programs.major;
    this.folder = launch.folder;
    this.account = launch.account?.name ?? null;
    this.#running = running;
    this.#launch = launch;
    this.#password = launch.password;
    this.#say = launch.say;
    this.failed = this.#keepAlive();
  }

  /** Process id of the postmaster. */
  get pid(): number {
    return this.#running.pid;
  }

  /** Connection string of the superuser; used to make roles and databases, never to serve. */
  superuserUrl(database = "postgres"): string {
    const host = encodeURIComponent(this.#running.socketFolder);
    return `postgresql://postgres:${this.#password}@localhost/${database}?host=${host}`;
  }

  /** Ends sessions, writes a checkpoint and stops; bounded. Safe to call twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const { guardian, ended } = this.#running;
    guardian.ref();
    guardian.stdin?.end();
    const tooLate = setTimeout(() => void dataFolder.stopPostmaster(this.pid), FAST_SHUTDOWN_MS);
    await ended;
    clearTimeout(tooLate);
    if (this.#running.socketFolder !== this.folder) {
      rmSync(this.#running.socketFolder, { recursive: true, force: true });
    }
    dataFolder.release(this.#launch.dataDir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  // A postmaster that is killed (by hand, or for want of memory) recovers from its log: it is started
  // again at the same socket, and whoever uses it connects again.
  async #keepAlive(): Promise<string> {
    for (let again = 0; again < RELAUNCHES_MAX; again += 1) {
      const launchedAt = Date.now();
      const code = await this.#running.ended;
      // A stop that was asked for is no failure: nobody is to be told.
      if (this.#isStopping) return await new Promise<never>(() => {});
      this.#say(`the database server ended (code ${code}); starting it again`);
      if (Date.now() - launchedAt > HEALTHY_AFTER_MS) again = 0;
      try {
        await dataFolder.clearLeftovers(this.#launch.folder);
        this.#running = await launch(this.#launch, this.#running.socketFolder);
      } catch (error) {
        return messageOf(error);
      }
      if (this.#isStopping) this.#running.guardian.stdin?.end();
    }
    return `the database server ended ${RELAUNCHES_MAX} times in a row: see ${this.#launch.dataDir}/logs`;
  }
}

/** The kind asked for by EMBEDDED_DB, or undefined. */
export function kindFromEnvironment(value = process.env["EMBEDDED_DB"]): DatabaseKind | undefined {
  if (value === undefined || value === "") return undefined;
  const kind = databaseKinds.find((known) => known === value);
  if (kind !== undefined) return kind;
  throw new StartRefusal(
    `EMBEDDED_DB=${value} is not known: use timescale or postgres, or unset it.`,
  );
}

function makeDataDir(asked: string): string {
  try {
    mkdirSync(asked, { recursive: true });
    writeFileSync(join(asked, ".writable"), "");
    rmSync(join(asked, ".writable"));
    return realpathSync(asked);
  } catch (cause) {
    throw new StartRefusal(
      `The data folder ${asked} cannot be written (${messageOf(cause)}): make it writable or set DATA_DIR to another.`,
      { cause },
    );
  }
}

async function choosePrograms(asked: {
  kind?: DatabaseKind;
  made: DatabaseKind | undefined;
  dataDir: string;
  account: Account | null;
  say: (progress: string) => void;
}): Promise<Programs> {
  const { account, dataDir, say } = asked;
  const fixed = asked.made ?? asked.kind;
  const kind = fixed ?? "timescale";
  const deadlineMs = fixed === undefined ? FETCH_DEADLINE_MS : FORCED_FETCH_DEADLINE_MS;
  try {
    return await findPrograms({ kind, account, dataDir, deadlineMs, say });
  } catch (cause) {
    if (cause instanceof StartRefusal) throw cause;
    if (fixed !== undefined) {
      throw new StartRefusal(
        `The ${kind} database server is not to be had here (${messageOf(cause)}): ` +
          (asked.made === undefined
            ? "unset EMBEDDED_DB to use plain PostgreSQL."
            : `the data in ${dataDir} needs it; try again with a network.`),
        { cause },
      );
    }
    say(`no TimescaleDB here (${messageOf(cause)}); using plain PostgreSQL`);
    return await findPrograms({ kind: "postgres", account, dataDir, deadlineMs, say });
  }
}

function superuserPassword(dataDir: string, isMade: boolean): string {
  if (isMade && !hasSecret(dataDir, "postgres")) {
    throw new StartRefusal(
      `${join(dataDir, "secrets", "postgres")} is missing, and the database there cannot be opened without it: ` +
        `restore it from a backup, or choose another DATA_DIR.`,
    );
  }
  return secret(dataDir, "postgres");
}

function initialise(made: {
  programs: Programs;
  account: Account | null;
  folder: string;
  password: string;
}): void {
  const { programs, account, folder, password } = made;
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new StartRefusal(
      `${folder} is not empty and no record says what it is: move it away, or choose another DATA_DIR.`,
    );
  }
  // initdb works beside and the result is moved into place, so a killed start leaves nothing half made.
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  dataFolder.makeOwned(unfinished, account);
  const passwordFile = join(unfinished, "..", ".password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== null) chownTo(passwordFile, account);
  const result = spawnSync(
    join(programs.bin, "initdb"),
    // The built-in UTF-8 locale is the same on every host and in both servers.
    ["-D", unfinished, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`]
      .concat(["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
      .concat(["--data-checksums", "--no-instructions", `--wal-segsize=${WAL_FILE_MB}`]),
    { ...asAccount(account), cwd: "/", env: serverEnvironment(), encoding: "utf8" },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new StartRefusal(
      `The database could not be made in ${folder} (${lastLine(result.stderr) || messageOf(result.error)}): ` +
        `mend that, or choose another DATA_DIR.`,
    );
  }
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  renameSync(unfinished, folder);
}

function refuseBroken(folder: string): void {
  if (existsSync(join(folder, "PG_VERSION")) && existsSync(join(folder, "global", "pg_control")))
    return;
  throw new StartRefusal(
    `The database files in ${folder} are missing or damaged: restore them from a backup, or choose another DATA_DIR.`,
  );
}

type Running = {
  readonly guardian: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly pid: number;
  readonly socketFolder: string;
};

type Launch = {
  readonly dataDir: string;
  readonly folder: string;
  readonly account: Account | null;
  readonly programs: Programs;
  readonly settings: readonly string[];
};

async function launch(asked: Launch, socketFolder?: string): Promise<Running> {
  const sockets = socketFolder ?? chooseSocketFolder(asked.folder, asked.account);
  // No postmaster of this folder runs by now; a lock it left would still stop the next one.
  rmSync(join(sockets, `${SOCKET_NAME}.lock`), { force: true });
  const giveUpAt = Date.now() + LEFTOVER_DEADLINE_MS;
  for (;;) {
    const log = openLog(asked.dataDir);
    try {
      const started = await tryLaunch(asked, sockets, log.fd);
      if (started !== null) return started;
    } finally {
      closeSync(log.fd);
    }
    const complaint = readFileSync(log.path, "utf8").slice(log.bytesBefore);
    const isLeftover = complaint.includes("pre-existing shared memory block");
    if (!isLeftover || Date.now() > giveUpAt) {
      if (sockets !== asked.folder) rmSync(sockets, { recursive: true, force: true });
      throw new StartRefusal(
        `The database in ${asked.folder} does not start (${reasonIn(complaint)}): see ${log.path}, ` +
          `restore a backup, or choose another DATA_DIR.`,
      );
    }
    await delay(200);
  }
}

/** Null when the postmaster ended before it was ready; its log says why. */
async function tryLaunch(
  asked: Launch,
  socketFolder: string,
  logFd: number,
): Promise<Running | null> {
  const { folder, account, programs } = asked;
  const settings = [
    ...SETTINGS,
    ...(programs.kind === "timescale" ? TIMESCALE_SETTINGS : []),
    ...asked.settings,
    `unix_socket_directories=${socketFolder}`,
  ];
  const child = spawn(
    "/bin/sh",
    ["-c", guardian, "sh", join(programs.bin, "postgres"), "-D", folder].concat(
      settings.flatMap((setting) => ["-c", setting]),
    ),
    {
      ...asAccount(account),
      cwd: "/",
      env: serverEnvironment(),
      // Its own session: Ctrl-C in the terminal must reach the plant, not its database.
      detached: true,
      stdio: ["pipe", logFd, logFd],
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  // A script that is done must not be kept alive by its database; the guardian sees it go.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const pid = await untilReady(folder, ended);
  return pid === null ? null : { guardian: child, ended, pid, socketFolder };
}

// The postmaster writes its status into line 8 of postmaster.pid, and its number into line 1.
async function untilReady(folder: string, ended: Promise<unknown>): Promise<number | null> {
  const giveUpAt = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const lines = readIfAny(join(folder, "postmaster.pid")).split("\n");
    if (lines[7]?.trim() === "ready") return Number(lines[0]);
    if (Date.now() > giveUpAt) {
      throw new StartRefusal(
        `The database in ${folder} is not ready after ${START_DEADLINE_MS / 1000} s (it may be recovering): try again.`,
      );
    }
    const hasEnded = await Promise.race([ended.then(() => true), delay(20, false)]);
    if (hasEnded) return null;
  }
}

function chooseSocketFolder(folder: string, account: Account | null): string {
  if (Buffer.byteLength(join(folder, SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX) return folder;
  const short = mkdtempSync(SHORT_SOCKET_FOLDER);
  chmodSync(short, 0o700);
  if (account !== null) chownTo(short, account);
  return short;
}

function openLog(dataDir: string): { path: string; fd: number; bytesBefore: number } {
  const folder = join(dataDir, "logs");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "database.log");
  if (existsSync(path) && statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.1`);
  const bytesBefore = existsSync(path) ? statSync(path).size : 0;
  return { path, fd: openSync(path, "a"), bytesBefore };
}

// Nothing of our environment decides how the server behaves (PGDATA, LC_ALL, TZ, …).
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: "/tmp", LANG: "C", LC_ALL: "C" };
}

function chownTo(path: string, account: Account): void {
  chownSync(path, account.uid, account.gid);
}

function readIfAny(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

// The postmaster's own words for why it gave up.
function reasonIn(log: string): string {
  const fatal = log.split("\n").filter((line) => /FATAL|PANIC|error while loading/.test(line));
  return (fatal.at(-1) ?? lastLine(log)).replace(/^.*?(FATAL|PANIC): +/, "");
}
