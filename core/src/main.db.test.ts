import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../deploy/test/database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
});

test.each([{ file: "main.ts" }, { file: "worker.ts" }])(
  "$file says when it is ready, and stops with its parent or a signal",
  async ({ file }) => {
    for (const stop of [
      (child: ChildProcess) => child.kill("SIGTERM"),
      (child: ChildProcess) => child.disconnect(),
    ]) {
      const role = file === "main.ts" ? "core" : "worker";
      const child = start(file, { DATABASE_URL: database.urls[role], PORT: "0" });
      const [message] = await once(child, "message", { signal: AbortSignal.timeout(15_000) });
      expect(message).toEqual({ type: "ready" });
      stop(child);
      expect(await codeOf(child)).toBe(0);
    }
  },
);

test.each([
  { why: "needs a signing key", env: { SIGNING_KEYS: "" }, says: /SIGNING_KEYS is missing/ },
  { why: "takes no short one", env: { SIGNING_KEYS: "short" }, says: /SIGNING_KEYS needs/ },
  { why: "needs a database", env: { DATABASE_URL: "mysql://x" }, says: /DATABASE_URL must start/ },
  { why: "checks its port", env: { PORT: "http" }, says: /PORT/ },
])("core $why: one clear sentence and exit code 1", async ({ env, says }) => {
  const child = start("main.ts", { DATABASE_URL: database.urls.core, PORT: "0", ...env });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  expect(await codeOf(child)).toBe(1);
  expect(said).toMatch(says);
  expect(said.trim().split("\n")).toHaveLength(1);
});

test("core says when its port is taken", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const child = start("main.ts", { DATABASE_URL: database.urls.core, PORT: port });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  expect(await codeOf(child)).toBe(1);
  expect(said).toContain(`Cannot serve on 127.0.0.1:${port}`);
  taken.close();
});

function start(file: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { PATH: process.env["PATH"], LOG_LEVEL: "error", SIGNING_KEYS: "x".repeat(32), ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

async function codeOf(child: ChildProcess): Promise<unknown> {
  try {
    const [code] = await once(child, "exit", { signal: AbortSignal.timeout(15_000) });
    return code;
  } finally {
    child.kill("SIGKILL");
  }
}
