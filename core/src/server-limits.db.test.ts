import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../deploy/test/database.ts";
import { freePort } from "../../deploy/test/plant.ts";

// The limits that only the real server has: of headers, of slow senders, of preflights by strangers.
let database: TestDatabase;
let core: ChildProcess;
let port: number;

beforeAll(async () => {
  database = await createTestDatabase();
  port = await freePort();
  core = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: database.urls.core,
      PORT: String(port),
      PUBLIC_URL: "https://plant.example",
      CORS_ORIGINS: "https://friend.example",
      SIGNING_KEYS: "a signing key of this test: 32 characters or more",
      LOG_LEVEL: "fatal",
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(core, "message", { signal: AbortSignal.timeout(30_000) });
});
afterAll(async () => {
  core?.kill("SIGKILL");
  await database?.[Symbol.asyncDispose]();
});

/** Sends raw text and gives what comes back until the server ends the connection, with the time it took. */
async function raw(text: string): Promise<{ answer: string; ms: number }> {
  const started = performance.now();
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  socket.on("error", () => undefined);
  socket.write(text);
  await once(socket, "close", { signal: AbortSignal.timeout(30_000) });
  return { answer, ms: performance.now() - started };
}

const head = (path: string, more: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}`;

test("headers over 16 KiB are answered 431", async () => {
  const { answer } = await raw(head("/api/health", `X-Long: ${"x".repeat(20_000)}\r\n\r\n`));
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});

test("who sends headers slowly is ended within 15 s, while others are served", async () => {
  const slow = raw(head("/api/health", "X-Slow: 1\r\n"));
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
  const { answer, ms } = await slow;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(ms).toBeLessThan(15_000);
});

test("browsers are told to be strict, and to keep to HTTPS where that is how we are reached", async () => {
  const { headers } = await fetch(`http://127.0.0.1:${port}/api/health`);
  expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
  expect(headers.get("content-security-policy")).toContain("object-src 'none'");
  expect(headers.get("x-frame-options")).toBe("DENY");
  expect(headers.get("referrer-policy")).toBe("same-origin");
  expect(headers.get("permissions-policy")).toContain("geolocation=()");
});

test.each([
  { origin: "https://friend.example", allowed: "https://friend.example", status: 204 },
  { origin: "https://stranger.example", allowed: null, status: 204 },
])("a preflight from $origin is allowed to $allowed", async ({ origin, allowed, status }) => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/items`, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST" },
  });
  expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([
    status,
    allowed,
  ]);
});

test.each([
  { origin: "https://friend.example", status: 201 },
  { origin: "https://stranger.example", status: 403 },
])(
  "a page of $origin that has a key of its own is answered $status",
  async ({ origin, status }) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/work-centers`, {
      method: "POST",
      headers: {
        origin,
        "sec-fetch-site": "cross-site",
        authorization: `Bearer ${database.apiKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ areaName: "Hall", name: "Saw" }),
    });
    expect(answer.status).toBe(status);
  },
);

test("HEAD is answered as GET without its body", async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { method: "HEAD" });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
});
