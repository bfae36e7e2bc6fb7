import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

import { tenantIdSchema } from "@millwright/contracts/units";
import { expect, onTestFinished, test } from "vitest";

import { askAvailabilityJob } from "./ask-availability.ts";

const quick = { timeoutMs: 100, attempts: 3, backoffMs: 10, failuresInRow: 5, openMs: 150 };
const tenantId = tenantIdSchema.parse("018f4a50-0000-7000-8000-000000000001");

/** A supplier on this machine that counts how many ask at once. */
async function startSupplier(answer: (item: string, response: ServerResponse) => void) {
  const seen = { calls: 0, atOnce: 0, atOnceMax: 0 };
  const server = createServer((request, response) => {
    seen.calls += 1;
    seen.atOnce += 1;
    seen.atOnceMax = Math.max(seen.atOnceMax, seen.atOnce);
    response.once("close", () => {
      seen.atOnce -= 1;
    });
    answer(decodeURIComponent(request.url?.split("/").at(-1) ?? ""), response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { baseUrl: `http://127.0.0.1:${port}`, seen };
}

function ask(
  baseUrl: string,
  itemReferences: string[],
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
) {
  const job = askAvailabilityJob(quick);
  return job.perform(
    { tenantId, payload: { baseUrl, itemReferences } },
    {
      jobId: "test",
      attempt: 1,
      signal: options.signal ?? new AbortController().signal,
      progress: options.onProgress ?? (() => undefined),
    },
  ) as Promise<{ answers: { itemReference: string; quantity?: string; problem?: string }[] }>;
}

function ok(response: ServerResponse, available: string): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ available }));
}

const thousand = Array.from({ length: 1000 }, (_, index) => `ITEM-${index}`);

test("asks for 1,000 items, 20 at a time, answers in their order, and tells how far it is", async () => {
  const { baseUrl, seen } = await startSupplier((item, response) => {
    setTimeout(() => ok(response, item.replace("ITEM-", "")), 2);
  });
  const steps: number[] = [];
  const { answers } = await ask(baseUrl, thousand, { onProgress: (done) => steps.push(done) });
  expect(answers.map(({ itemReference }) => itemReference)).toEqual(thousand);
  expect(answers[999]).toEqual({ itemReference: "ITEM-999", quantity: "999" });
  expect(seen.atOnceMax).toBeGreaterThan(10);
  expect(seen.atOnceMax).toBeLessThanOrEqual(20);
  expect(steps).toEqual(thousand.map((_, index) => index + 1));
});

test("a supplier that hangs and one that answers 500 cost those items only", async () => {
  const { baseUrl } = await startSupplier((item, response) => {
    if (item === "HANGS") return;
    if (item === "BREAKS") response.writeHead(500).end();
    else if (item === "UNKNOWN") response.writeHead(404).end();
    else if (item === "NONSENSE") response.end("<html>");
    else ok(response, "7.5");
  });
  const items = ["A", "HANGS", "B", "BREAKS", "UNKNOWN", "NONSENSE", "C"];
  const { answers } = await ask(baseUrl, items);
  const byItem = Object.fromEntries(
    answers.map(({ itemReference, quantity, problem }) => [itemReference, quantity ?? problem]),
  );
  expect(byItem).toMatchObject({
    A: "7.5",
    B: "7.5",
    C: "7.5",
    BREAKS: "The supplier answered 500.",
    UNKNOWN: "The supplier answered 404.",
    NONSENSE: "The supplier's answer is not understood.",
  });
  expect(byItem["HANGS"]).toMatch(/timed? ?out/i);
});

test("gives a failing supplier rests instead of calling it on and on, and goes on when it recovers", async () => {
  let isBroken = true;
  const { baseUrl, seen } = await startSupplier((_item, response) => {
    if (isBroken) response.writeHead(503).end();
    else ok(response, "1");
  });
  setTimeout(() => {
    isBroken = false;
  }, 600);
  const items = thousand.slice(0, 200);
  const { answers } = await ask(baseUrl, items);
  const failed = answers.filter(({ problem }) => problem !== undefined).length;
  // Those in flight when it broke may have used up their tries; the others waited for the recovery.
  expect(failed).toBeLessThanOrEqual(40);
  // Without rests 600 ms of 20 callers would be thousands of calls.
  expect(seen.calls).toBeLessThan(400);
});

test("stops within a moment when it is told to, also while the supplier rests", async () => {
  const { baseUrl, seen } = await startSupplier((_item, response) => {
    response.writeHead(503).end();
  });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error("cancelled")), 300);
  const started = performance.now();
  await expect(ask(baseUrl, thousand, { signal: abort.signal })).rejects.toThrow("cancelled");
  expect(performance.now() - started).toBeLessThan(1000);
  const calls = seen.calls;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen.calls).toBe(calls);
});
