import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { until } from "../test/until.ts";
import { serverAccount } from "./account.ts";
import type { DatabaseKind } from "./programs.ts";
import { kindFromEnvironment, startServer } from "./server.ts";

// Runs once per kind of server, like every database test: the layer names the kind.
const kind: DatabaseKind = kindFromEnvironment() ?? "timescale";
const other: DatabaseKind = kind === "timescale" ? "postgres" : "timescale";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "millwright-server-"));
  chmodSync(dataDir, 0o755);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("a private server", () => {
  test("starts, keeps what was written, and starts again", async () => {
    {
      await using server = await startServer({ dataDir, kind });
      await query(server.superuserUrl(), "create table kept as select 42 as answer");
    }
    await using server = await startServer({ dataDir });
    expect(server.kind).toBe(kind);
    expect(await query(server.superuserUrl(), "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  test("has TimescaleDB exactly when its kind says so, and asks for the password", async () => {
    await using server = await startServer({ dataDir, kind });
    const loaded = await query(
      server.superuserUrl(),
      "select current_setting('timescaledb.disable_load', true) is not null as has_timescale",
    );
    expect(loaded).toEqual([{ has_timescale: kind === "timescale" }]);
    const wrong = server.superuserUrl().replace(/postgres:[^@]+@/, "postgres:wrong@");
    await expect(query(wrong, "select 1")).rejects.toThrow("password authentication failed");
  });

  test("listens on no network port", async () => {
    await using server = await startServer({ dataDir, kind });
    const [row] = await query(server.superuserUrl(), "show listen_addresses");
    expect(row).toEqual({ listen_addresses: "" });
  });

  // Decision 0028: nobody commits while a new file of the log is made, so those files are small, and kept.
  test("makes small files of its log and keeps those of a burst", async () => {
    await using server = await startServer({ dataDir, kind });
    const [row] = await query(
      server.superuserUrl(),
      `select current_setting('wal_segment_size') as file, current_setting('min_wal_size') as kept`,
    );
    expect(row).toEqual({ file: "4MB", kept: "256MB" });
  });

  test("keeps its secret to the account that started it", async () => {
    await using server = await startServer({ dataDir, kind });
    expect(server.folder).toContain(dataDir);
    expect(statSync(join(dataDir, "secrets")).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, "secrets", "postgres")).mode & 0o777).toBe(0o600);
  });

  test("comes back by itself when its postmaster is killed", async () => {
    await using server = await startServer({ dataDir, kind });
    const killed = server.pid;
    process.kill(killed, "SIGKILL");
    await until("another postmaster answers", async () => {
      await query(server.superuserUrl(), "select 1");
      return server.pid !== killed;
    });
  });

  test("uses a short socket folder when the path of DATA_DIR is too long for a socket", async () => {
    const long = join(dataDir, "a-folder-with-a-long-name".repeat(4));
    await using server = await startServer({ dataDir: long, kind });
    expect(server.superuserUrl()).toContain(encodeURIComponent("/tmp/mw-"));
    expect(await query(server.superuserUrl(), "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe.runIf(kind === "timescale")("where TimescaleDB cannot be had", () => {
  const unreachable = { TSDB_MIRROR: "http://127.0.0.1:1/debian" };
  beforeEach(() => {
    Object.assign(process.env, unreachable, { MILLWRIGHT_CACHE: join(dataDir, "cache") });
  });
  afterEach(() => {
    for (const name of [...Object.keys(unreachable), "MILLWRIGHT_CACHE"]) delete process.env[name];
  });

  test("plain PostgreSQL serves instead, the reason is said, and the folder stays with it", async () => {
    const said: string[] = [];
    await using server = await startServer({ dataDir, say: (text) => said.push(text) });
    expect(server.kind).toBe("postgres");
    expect(said.join("\n")).toMatch(/no TimescaleDB here \(.+\); using plain PostgreSQL/);
  });

  test("forcing it is refused, with the way out", async () => {
    await expect(startServer({ dataDir, kind })).rejects.toThrow("unset EMBEDDED_DB");
  });
});

describe("a folder", () => {
  test("of the other kind of server is refused, with the way out", async () => {
    await (await startServer({ dataDir, kind })).stop();
    await expect(startServer({ dataDir, kind: other })).rejects.toThrow(
      `start with EMBEDDED_DB=${kind}`,
    );
  });

  test("in use by another process is refused", async () => {
    await using owner = startElsewhere(dataDir);
    await owner.ready;
    await expect(startServer({ dataDir, kind })).rejects.toThrow(`in use by process ${owner.pid}`);
  });

  test("whose database files are gone is refused", async () => {
    await (await startServer({ dataDir, kind })).stop();
    rmSync(join(dataDir, "postgres", "global", "pg_control"));
    await expect(startServer({ dataDir, kind })).rejects.toThrow("missing or damaged");
  });

  test("without its secret is refused instead of locking everybody out", async () => {
    await (await startServer({ dataDir, kind })).stop();
    rmSync(join(dataDir, "secrets", "postgres"));
    await expect(startServer({ dataDir, kind })).rejects.toThrow("cannot be opened without it");
  });
});

describe("after a kill -9", () => {
  test("of the process that started it, the server ends by itself", async () => {
    await using owner = startElsewhere(dataDir);
    await owner.ready;
    const postmaster = postmasterOf(dataDir);
    process.kill(owner.pid, "SIGKILL");
    await until("the postmaster is gone", () => !isAlive(postmaster));
    await using server = await startServer({ dataDir });
    expect(await query(server.superuserUrl(), "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("of everything but the postmaster, the next start stops it and takes over", async () => {
    await using owner = startElsewhere(dataDir);
    await owner.ready;
    const postmaster = postmasterOf(dataDir);
    // Its guardians first, so that nobody asks the postmaster to stop.
    const guardian = parentOf(postmaster);
    for (const pid of childrenOf(guardian)) if (pid !== postmaster) process.kill(pid, "SIGKILL");
    for (const pid of [guardian, owner.pid]) process.kill(pid, "SIGKILL");
    await until("the owner is gone", () => !isAlive(owner.pid));
    expect(isAlive(postmaster)).toBe(true);
    await using server = await startServer({ dataDir });
    expect(isAlive(postmaster)).toBe(false);
    expect(server.pid).not.toBe(postmaster);
  });

  test("of everything at once, the next start recovers", async () => {
    await using owner = startElsewhere(dataDir);
    await owner.ready;
    const postmaster = postmasterOf(dataDir);
    for (const pid of [owner.pid, parentOf(postmaster), postmaster]) process.kill(pid, "SIGKILL");
    await until("both are gone", () => !isAlive(owner.pid) && !isAlive(postmaster));
    expect(existsSync(join(dataDir, "postgres", "postmaster.pid"))).toBe(true);
    await using server = await startServer({ dataDir });
    expect(await query(server.superuserUrl(), "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe.runIf(process.getuid?.() === 0)("as root", () => {
  test("the server runs as another account", async () => {
    await using server = await startServer({ dataDir, kind });
    expect(server.account).toBe(serverAccount()?.name);
    expect(statSync(`/proc/${server.pid}`).uid).toBe(serverAccount()?.uid);
  });

  test("a data folder that account cannot enter has its files in /var/lib/millwright", async () => {
    chmodSync(dataDir, 0o700);
    await using server = await startServer({ dataDir, kind });
    try {
      expect(server.folder).toMatch(/^\/var\/lib\/millwright\/[0-9a-f]{16}\/postgres$/);
    } finally {
      await server.stop();
      rmSync(join(server.folder, ".."), { recursive: true });
    }
  });

  test("an ordinary user can run one too", () => {
    const own = join(dataDir, "own");
    mkdirSync(own);
    execFileSync("chown", ["-R", "nobody", own]);
    const run = spawnSync(
      "setpriv",
      ["--reuid=nobody", "--regid=nogroup", "--clear-groups", process.execPath, ...elsewhere(own)],
      { encoding: "utf8", input: "", env: { ...process.env, HOME: own } },
    );
    expect(run.stderr).toBe("");
    expect(run.stdout).toContain("ready");
    expect(statSync(join(own, "postgres")).uid).toBe(statSync(own).uid);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process of its own that holds a server until its standard input ends. */
function startElsewhere(folder: string) {
  const child = spawn(process.execPath, elsewhere(folder), { stdio: ["pipe", "pipe", "inherit"] });
  return {
    pid: child.pid ?? 0,
    ready: once(child.stdout, "data"),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

function elsewhere(folder: string): string[] {
  return [join(import.meta.dirname, "../test/hold-server.ts"), folder, kind];
}

function postmasterOf(folder: string): number {
  return Number(readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
}

function parentOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
}

function childrenOf(pid: number): number[] {
  const listed = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return listed.trim().split(/\s+/).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed child of ours stays as a zombie until it is waited for.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
