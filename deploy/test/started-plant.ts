import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { until } from "./until.ts";

const repository = join(import.meta.dirname, "../..");
const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 60_000;

/** `deploy/start.ts` as a person runs it, on ports of its own. */
export class StartedPlant implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #output = "";

  constructor(asked: { dataDir: string; port: number; mqttPort: number; args?: string[] }) {
    this.url = `http://127.0.0.1:${asked.port}`;
    this.#child = spawn(process.execPath, ["deploy/start.ts", ...(asked.args ?? [])], {
      cwd: repository,
      env: {
        ...process.env,
        DATA_DIR: asked.dataDir,
        PORT: String(asked.port),
        MQTT_PORT: String(asked.mqttPort),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
    }
    this.#ended = once(this.#child, "close").then(() => this.#child.exitCode);
  }

  /** Everything it printed so far. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for the table. */
  async ready(): Promise<void> {
    await until(
      "the plant prints its table",
      () => {
        if (this.#child.exitCode !== null) throw new Error(`it ended:\n${this.#output}`);
        return this.#output.includes("Ctrl-C stops everything.");
      },
      START_DEADLINE_MS,
    );
  }

  /** Numbers of all its processes: its own, its children's and theirs. */
  family(): number[] {
    return familyOf(this.pid);
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return await this.ended();
  }

  async ended(): Promise<number | null> {
    const tooLate = setTimeout(() => this.#child.kill("SIGKILL"), STOP_DEADLINE_MS);
    const code = await this.#ended;
    clearTimeout(tooLate);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.signal("SIGTERM");
    }
  }
}

/** Those of the processes that still run; zombies are gone as far as anybody can tell. */
export function survivors(pids: readonly number[]): string[] {
  const alive = new Map(listProcesses().map((row) => [row.pid, row]));
  return pids.flatMap((pid) => {
    const row = alive.get(pid);
    return row === undefined || row.state === "Z" ? [] : [`${pid} ${row.name}`];
  });
}

/** Ports of loopback that nobody used a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function familyOf(pid: number): number[] {
  const children = listProcesses().filter(({ parent }) => parent === pid);
  return [pid, ...children.flatMap((child) => familyOf(child.pid))];
}

type Row = { pid: number; parent: number; state: string; name: string };

function listProcesses(): Row[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        const field = (key: string): string =>
          new RegExp(`^${key}:\\s+(\\S+)`, "m").exec(status)?.[1] ?? "";
        return [
          {
            pid: Number(name),
            parent: Number(field("PPid")),
            state: field("State"),
            name: field("Name"),
          },
        ];
      } catch {
        return [];
      }
    });
}
