import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

import { ApiRefusal, connectCoreApi } from "./core-api.ts";

/** A server that answers request after request; what it saw comes back. */
async function serve(...answers: ((response: ServerResponse) => void)[]) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    const answer = answers.shift() ?? (() => response.writeHead(500).end("{}"));
    answer(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not on TCP");
  const url = `http://127.0.0.1:${address.port}`;
  return { api: connectCoreApi({ url, apiKey: "mw_test" }, AbortSignal.timeout(10_000)), seen };
}

const answerSchema = z.object({ done: z.boolean() });
const away = (response: ServerResponse) => void response.writeHead(503).end("{}");
const broken = (response: ServerResponse) => void response.destroy();
const done = (response: ServerResponse) => void response.writeHead(200).end('{"done":true}');

test("asks again while the core is away, under the same idempotency key", async () => {
  const served = await serve(away, broken, done);
  await expect(served.api.post("/api/things", {}, answerSchema)).resolves.toEqual({ done: true });
  const keys = served.seen.map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
});

test("takes a refusal as an answer, with its code", async () => {
  const problem = {
    type: "about:blank",
    title: "Refused",
    status: 409,
    code: "work_order.transition_refused",
    detail: "It is closed.",
  };
  const served = await serve((response) => response.writeHead(409).end(JSON.stringify(problem)));
  const refused = served.api.post("/api/things", {}, answerSchema);
  await expect(refused).rejects.toMatchObject({ code: "work_order.transition_refused" });
  await expect(refused).rejects.toBeInstanceOf(ApiRefusal);
  expect(served.seen).toHaveLength(1);
});

test("an answer of another shape is an error, not data", async () => {
  const served = await serve((response) => response.writeHead(200).end('{"done":"yes"}'));
  await expect(served.api.get("/api/things", answerSchema)).rejects.toThrow(/done/);
});
