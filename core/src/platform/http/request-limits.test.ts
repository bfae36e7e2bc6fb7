import { Hono } from "hono";
import { expect, test } from "vitest";

import { refuseWhenBusy } from "./busy.ts";
import { requireVersion, sendVersion, versionAsked } from "./if-match.ts";
import { RateLimit } from "./rate-limit.ts";
import { requestLimits } from "./request-limits.ts";

const app = new Hono();
app.use(requestLimits);
app.all("/api/items", async (c) => c.json({ read: await c.req.text() }));
app.all("/api/items/import", async (c) => c.json({ size: (await c.req.arrayBuffer()).byteLength }));

async function ask(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; code: unknown }> {
  const answer = await app.request(path, init);
  const body = (await answer.json()) as { code?: unknown };
  if (answer.status >= 400) {
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  }
  return { status: answer.status, code: body.code };
}

const json = { "content-type": "application/json" };
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
const post = (body: Body, headers: Record<string, string> = json): RequestInit => ({
  method: "POST",
  headers,
  body,
  duplex: "half",
});
const endless = () =>
  new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });

test.each([
  {
    what: "a long query",
    path: `/api/items?search=${"x".repeat(5000)}`,
    status: 414,
    code: "request.query_too_long",
  },
  {
    what: "a body over 1 MiB",
    init: post("x".repeat(1_048_577), { ...json, "content-length": "1048577" }),
    status: 413,
    code: "request.too_large",
  },
  { what: "a body without end", init: post(endless()), status: 413, code: "request.too_large" },
  {
    what: "an upload over 16 MiB",
    path: "/api/items/import",
    init: post(endless(), { "content-type": "text/csv" }),
    status: 413,
    code: "request.too_large",
  },
  {
    what: "a form",
    init: post("a=1", { "content-type": "application/x-www-form-urlencoded" }),
    status: 415,
    code: "request.type_not_supported",
  },
  {
    what: "text, which a page of another site may send",
    init: post("{}", { "content-type": "text/plain" }),
    status: 415,
    code: "request.type_not_supported",
  },
  {
    what: "another charset",
    init: post("{}", { "content-type": "application/json; charset=latin1" }),
    status: 415,
    code: "request.type_not_supported",
  },
  {
    what: "a compressed body",
    init: post("{}", { ...json, "content-encoding": "gzip" }),
    status: 415,
    code: "request.encoding_not_supported",
  },
  {
    what: "bytes that are not UTF-8",
    init: post(Uint8Array.from([0x22, 0xff, 0x22])),
    status: 400,
    code: "request.not_utf8",
  },
  {
    what: "deep JSON",
    init: post("[".repeat(33) + "]".repeat(33)),
    status: 400,
    code: "request.too_deep",
  },
])("refuses $what", async ({ path = "/api/items", init, status, code }) => {
  expect(await ask(path, init)).toEqual({ status, code });
});

test.each([
  { what: "no body at all", init: { method: "POST" } },
  {
    what: "JSON with a charset",
    init: post("{}", { "content-type": "application/json; charset=UTF-8" }),
  },
  {
    what: "32 levels, and brackets in text",
    init: post(`${"[".repeat(32)}"[[\\"["${"]".repeat(32)}`),
  },
  { what: "another method without a body", init: { method: "DELETE" } },
])("lets $what pass", async ({ init }) => {
  expect((await ask("/api/items", init)).status).toBe(200);
});

test("what was checked is what the handler reads", async () => {
  const answer = await app.request("/api/items", post('{"name":"Träger"}'));
  expect(await answer.json()).toEqual({ read: '{"name":"Träger"}' });
  const chunked = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new Uint8Array(3));
      controller.enqueue(new Uint8Array(4));
      controller.close();
    },
  });
  const upload = await app.request(
    "/api/items/import",
    post(chunked, { "content-type": "text/csv" }),
  );
  expect(await upload.json()).toEqual({ size: 7 });
});

test("a caller has its burst, then its rate, and is told how long to wait", () => {
  let ms = 0;
  const limit = new RateLimit({ now: () => new Date(ms) });
  const allowed = { burst: 2, perS: 0.5 };
  expect([1, 2, 3].map(() => limit.take("a", allowed))).toEqual([0, 0, 2]);
  expect(limit.take("b", allowed)).toBe(0);
  ms = 2000;
  expect([limit.take("a", allowed), limit.take("a", allowed)]).toEqual([0, 2]);
});

test("callers without number take no memory without bound", () => {
  const limit = new RateLimit({ now: () => new Date(0) });
  for (let caller = 0; caller < 20_000; caller += 1) limit.take(`${caller}`, { burst: 1, perS: 1 });
  expect(limit.size).toBe(10_000);
  expect(limit.take("19999", { burst: 1, perS: 1 })).toBe(1);
});

test("too many at once are told to come again, and counted down afterwards", async () => {
  const busy = new Hono();
  const gate = Promise.withResolvers<void>();
  busy.use(refuseWhenBusy(1));
  busy.get("/slow", async (c) => {
    await gate.promise;
    return c.text("done");
  });
  const first = busy.request("/slow");
  const second = await busy.request("/slow");
  expect([second.status, second.headers.get("retry-after")]).toEqual([503, "1"]);
  gate.resolve();
  expect((await first).status).toBe(200);
  expect((await busy.request("/slow")).status).toBe(200);
});

test("an edit says the version it was made on", async () => {
  const edits = new Hono();
  edits.onError((error, c) => c.text((error as { code?: string }).code ?? "bug", 400));
  edits.put("/item", (c) => {
    requireVersion(3, versionAsked(c));
    sendVersion(c, 4);
    return c.body(null);
  });
  const put = (tag: string | null) =>
    edits.request("/item", {
      method: "PUT",
      ...(tag !== null && { headers: { "if-match": tag } }),
    });
  expect((await put('"3"')).headers.get("etag")).toBe('"4"');
  expect(await (await put('"2"')).text()).toBe("record.changed_meanwhile");
  for (const tag of [null, "*", 'W/"3"', '"3", "4"']) {
    expect(await (await put(tag)).text()).toBe("request.version_missing");
  }
});
