import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

import { StartRefusal } from "../refusal.ts";
import type { LogFile } from "./log-file.ts";

export type ChildOptions = {
  /** As it appears in the table and in messages: `ingest`, `core`, … */
  readonly name: string;
  /** TypeScript file, run by the Node that runs us. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: LogFile;
  readonly say: (text: string) => void;
};

type Spawned = {
  readonly ready: Promise<readonly TableRow[]>;
  /** How it ended: a signal or an exit code, in words. */
  readonly ended: Promise<string>;
  /** Its last error line, or "". */
  readonly lastWords: () => string;
};

// A process stops within 10 s by contract; the rest is for a machine under load.
const STOP_DEADLINE_MS = 12_000;
const RESTART_FIRST_MS = 500;
const RESTART_MAX_MS = 30_000;
// Up for this long, the next crash starts with a short pause again.
const HEALTHY_AFTER_MS = 60_000;
const COMPLAINT_LINES_MAX = 20;

/** The ready message, with what the process wants in the start table: a label and its value each. */
const readySchema = z.object({
  type: z.literal("ready"),
  rows: z.array(z.tuple([z.string(), z.string()])).default([]),
});
export type TableRow = readonly [label: string, value: string];

const logLineSchema = z.object({ level: z.number(), msg: z.string() });
const PINO_ERROR = 50;

/**
 * One supervised process. `start` resolves when it says it is ready; from then on it is started
 * again whenever it ends by itself, with a pause that doubles up to 30 s, until `stop`.
 */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #ended: Promise<string> = Promise.resolve("");
  #isStopping = false;
  #restarts: AbortController = new AbortController();

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /**
   * Resolves with what the process wants in the start table, when it says that it serves.
   * @throws StartRefusal with the process's own words when it ends before it is ready.
   */
  async start(deadlineMs: number): Promise<readonly TableRow[]> {
    const { ready, ended, lastWords } = this.#spawn();
    const outcome = await Promise.race([
      ready,
      ended,
      delay(deadlineMs, `it is not ready after ${deadlineMs / 1000} s`, { ref: false }),
    ]);
    if (typeof outcome !== "string") {
      void this.#keepAlive(ended);
      return outcome;
    }
    if (this.#isStopping) throw new StartRefusal(`${this.name} was stopped while starting.`);
    throw new StartRefusal(
      `${this.name} does not start: ${lastWords() || outcome} (log: ${this.#options.log.path})`,
    );
  }

  /** SIGTERM, then SIGKILL to it and whatever it started. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#restarts.abort();
    const process = this.#process;
    if (process === undefined || hasEnded(process)) return;
    process.kill("SIGTERM");
    const tooLate = setTimeout(() => {
      this.#options.say(`${this.name} did not stop in time and was ended`);
      this.kill();
    }, STOP_DEADLINE_MS);
    await this.#ended;
    clearTimeout(tooLate);
  }

  /** At once, with everything in its process group. */
  kill(): void {
    this.#isStopping = true;
    this.#restarts.abort();
    killGroup(this.#process);
  }

  #spawn(): Spawned {
    const { file, args = [], env, log } = this.#options;
    const child = spawn(process.execPath, [file, ...args], {
      env,
      // Its own process group: Ctrl-C reaches us alone, and we stop things in their order. When we
      // are killed the IPC channel closes, which ends it by contract.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#process = child;
    const words: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        log.append(`${line}\n`);
        const sentence = complaintIn(line);
        if (sentence !== null) words.push(sentence);
        if (words.length > COMPLAINT_LINES_MAX) words.shift();
      });
    }
    const ready = new Promise<readonly TableRow[]>((resolve) => {
      child.on("message", (message) => {
        const parsed = readySchema.safeParse(message);
        if (parsed.success) resolve(parsed.data.rows);
      });
    });
    this.#ended = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    return { ready, ended: this.#ended, lastWords: () => words.at(-1) ?? "" };
  }

  async #keepAlive(firstEnd: Promise<string>): Promise<void> {
    let ended = firstEnd;
    let pauseMs = RESTART_FIRST_MS;
    for (;;) {
      const startedAt = Date.now();
      const how = await ended;
      if (this.#isStopping) return;
      // What it had started must not meet what its successor starts.
      killGroup(this.#process);
      if (Date.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = RESTART_FIRST_MS;
      this.#options.say(`${this.name} ended (${how}); starting it again in ${pauseMs / 1000} s`);
      await delay(pauseMs, undefined, { signal: this.#restarts.signal }).catch(() => {});
      if (this.#isStopping) return;
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS);
      const again = this.#spawn();
      ended = again.ended;
      void again.ready.then(() => this.#options.say(`${this.name} is back`)).catch(() => {});
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nobody of the group is left.
  }
}

// The sentence of an error line: pino's message, or a plain line as it is.
function complaintIn(line: string): string | null {
  if (!line.startsWith("{")) return line.trim() === "" ? null : line.trim();
  try {
    const { level, msg } = logLineSchema.parse(JSON.parse(line));
    return level >= PINO_ERROR ? msg : null;
  } catch {
    return null;
  }
}
