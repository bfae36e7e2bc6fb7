import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { WorkOrder } from "@millwright/contracts/api";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../database.ts";
import { until } from "../until.ts";

// ARCHITECTURE.md, decision 9: the app is Web-standard. This runs it on Deno, with Deno's own server and on
// a real database, so that what only Node has is noticed.
const root = join(import.meta.dirname, "..", "..", "..");

let database: TestDatabase;
let deno: ChildProcess;
let output = "";
let url = "";

beforeAll(async () => {
  database = await createTestDatabase();
  const script = join(import.meta.dirname, "fixtures/serve-on-deno.ts");
  const args = ["run", "--allow-all", "--no-prompt", "--cached-only", script];
  deno = spawn(join(root, "node_modules/.bin/deno"), args, {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: database.urls.core,
      SIGNING_KEYS: "a signing key of this test: 32 characters or more",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  for (const stream of [deno.stdout, deno.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  await until("Deno serves", () => {
    if (deno.exitCode !== null) throw new Error(output);
    url = `http://127.0.0.1:${/^port (\d+)/m.exec(output)?.[1] ?? ""}`;
    return /\d$/.test(url);
  });
});
afterAll(async () => {
  if (deno?.exitCode === null) {
    deno.stdin?.end();
    await once(deno, "exit", { signal: AbortSignal.timeout(10_000) }).catch(() =>
      deno.kill("SIGKILL"),
    );
  }
  await database?.[Symbol.asyncDispose]();
});

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${database.apiKey}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}\n${output}`);
  return JSON.parse(text) as T;
}

test("Deno serves health, and takes a work order through its life", async () => {
  const health = await call<{ components: { database: { status: string } } }>("GET", "/api/health");
  expect(health.components.database.status).toBe("ok");
  const center = await call<{ workCenterId: string }>("POST", "/api/work-centers", {
    areaName: "Hall",
    name: "Saw",
  });
  const item = await call<{ itemId: string }>("POST", "/api/items", {
    number: "DENO",
    name: "Bracket",
    kind: "make",
    uom: "pc",
    operations: [
      { step: 10, name: "Saw", workCenterId: center.workCenterId, runMsPerUnit: 1000, setupMs: 0 },
    ],
  });
  const order = await call<WorkOrder>("POST", "/api/work-orders", {
    itemId: item.itemId,
    quantity: "10",
  });
  const states = [order.state];
  for (const command of ["firm", "release", "hold", "cancel"]) {
    const path = `/api/work-orders/${order.workOrderId}/${command}`;
    states.push((await call<WorkOrder>("POST", path, { reason: "test" })).state);
  }
  expect(states).toEqual(["draft", "firmed", "released", "on_hold", "cancelled"]);
  const read = await call<WorkOrder>("GET", `/api/work-orders/${order.workOrderId}`);
  expect(read.state).toBe("cancelled");
});

test("a body that is too large, a file and a live stream are answered on Deno as on Node", async () => {
  const headers = {
    authorization: `Bearer ${database.apiKey}`,
    "content-type": "application/json",
  };
  const body = JSON.stringify({ name: "x".repeat(2_000_000) });
  expect((await fetch(`${url}/api/items`, { method: "POST", headers, body })).status).toBe(413);
  const file = await fetch(`${url}/api/items/export?format=xlsx`, { headers });
  expect(new Uint8Array(await file.arrayBuffer()).subarray(0, 2)).toEqual(
    Uint8Array.from([0x50, 0x4b]),
  );
  const live = await fetch(`${url}/api/live`, { headers });
  const first = await live.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe(": millwright\n\n");
});
