import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createTestDatabase, type TestDatabase } from "./database.ts";

const root = join(import.meta.dirname, "..", "..");

/** One Millwright process under test: killed as `kill -9` does it, and started again as it was. */
export class PlantProcess implements AsyncDisposable {
  readonly name: string;
  readonly #args: string[];
  readonly #env: Record<string, string>;
  #child: ChildProcess | null = null;
  #output = "";

  constructor(name: string, args: string[], env: Record<string, string>) {
    this.name = name;
    this.#args = args;
    this.#env = env;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  /** False before its start, and after its end, whoever caused it. */
  get isRunning(): boolean {
    const child = this.#child;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }

  /** Last 64 kB of what it logged: shown when a test fails. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the process says that it serves. */
  async start(timeoutMs = 60_000): Promise<void> {
    const child = spawn(process.execPath, this.#args, {
      cwd: root,
      env: { ...process.env, LOG_LEVEL: "info", ...this.#env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-65_536);
      });
    }
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const [message]: unknown[] = await Promise.race([
        once(child, "message", { signal }),
        once(child, "exit", { signal }).then(() => {
          throw new Error(`${this.name} ended before it was ready:\n${this.#output}`);
        }),
      ]);
      if (typeof message === "object" && message !== null && "type" in message) {
        if (message.type === "ready") return;
      }
    }
  }

  /** `kill -9`: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit", { signal: AbortSignal.timeout(15_000) });
    child.kill(signal);
    try {
      await ended;
    } catch {
      child.kill("SIGKILL");
    }
  }
}

/** Everything between a PLC and a browser, on free ports and a database of its own. */
export type Plant = AsyncDisposable & {
  database: TestDatabase;
  folder: string;
  coreUrl: string;
  /** With it the first administrator is made: the installation has none. */
  setupCode: string;
  mqttPort: number;
  ingest: PlantProcess;
  core: PlantProcess;
  worker: PlantProcess;
  /** An edge agent with this configuration file's text, its data in `folder/name`; not started yet. */
  agent: (name: string, yaml: string, env?: Record<string, string>) => Promise<PlantProcess>;
  /** What every process logged last, for a failing test. */
  logs: () => string;
};

/** Ingest with its broker on this port of loopback; not started yet. */
export function ingestOn(
  database: TestDatabase,
  mqttPort: number,
  environment: Record<string, string> = {},
): PlantProcess {
  return new PlantProcess("ingest", ["ingest/src/main.ts"], {
    HOST: "127.0.0.1",
    DATABASE_URL: database.urls.ingest,
    MQTT_PORT: String(mqttPort),
    ...environment,
  });
}

/**
 * Starts ingest, core and worker. `mqttUrl`: an external broker instead of the embedded one.
 * `database`: that one, which is dropped with the plant, instead of a fresh one of the tests' server.
 */
export async function startPlant({
  mqttUrl,
  database: given,
}: { mqttUrl?: string; database?: TestDatabase } = {}): Promise<Plant> {
  const database = given ?? (await createTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), "millwright-journey-"));
  const [port, mqttPort] = [await freePort(), await freePort()];
  const setupCode = randomBytes(32).toString("base64url");
  const shared = { HOST: "127.0.0.1", DATA_DIR: folder, SPARKPLUG_HOST_ID: "millwright" };
  const ingest = ingestOn(database, mqttPort, {
    ...shared,
    ...(mqttUrl === undefined ? {} : { MQTT_URL: mqttUrl }),
  });
  const core = new PlantProcess("core", ["core/src/main.ts"], {
    ...shared,
    DATABASE_URL: database.urls.core,
    PORT: String(port),
    SIGNING_KEYS: randomBytes(32).toString("hex"),
    SETUP_CODE: setupCode,
    // The OpenID providers of tests are on this machine.
    OIDC_MAY_BE_INSIDE: "true",
  });
  const worker = new PlantProcess("worker", ["core/src/worker.ts"], {
    ...shared,
    DATABASE_URL: database.urls.worker,
  });
  const agents: PlantProcess[] = [];
  const processes = () => [...agents, ingest, worker, core];

  const dispose = async () => {
    for (const process of processes()) await process.stop();
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([ingest.start(), core.start(), worker.start()]);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    database,
    folder,
    coreUrl: `http://127.0.0.1:${port}`,
    setupCode,
    mqttPort,
    ingest,
    core,
    worker,
    agent: async (name, yaml, env = {}) => {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, yaml);
      const agent = new PlantProcess(
        name,
        ["edge-agent/src/main.ts", "--config", file, "--data", join(folder, name)],
        env,
      );
      agents.push(agent);
      return agent;
    },
    logs: () =>
      processes()
        .map((process) => `── ${process.name}\n${process.output}`)
        .join("\n"),
    [Symbol.asyncDispose]: dispose,
  };
}

/** A port that was free a moment ago; the process that gets it refuses politely if it no longer is. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Waits until `probe` gives a value (not null), asking every 100 ms; fails with `what` at the deadline. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | null>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown = null;
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value !== null) return value;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not happen within ${timeoutMs} ms`, { cause: lastError });
}
