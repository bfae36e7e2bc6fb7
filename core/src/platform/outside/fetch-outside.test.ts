import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

import { expect, test } from "vitest";

import { fetchOutside } from "./fetch-outside.ts";
import { InsideRefused } from "./inside-addresses.ts";

async function serve(answer: RequestListener) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    port,
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

test.each(["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1"])(
  "does not reach %s, and says why",
  async (host) => {
    await using server = await serve((_, response) => response.end("secret"));
    const asked = fetchOutside({ mayBeInside: false })(`http://${host}:${server.port}/`);
    await expect(asked).rejects.toMatchObject({ cause: expect.any(InsideRefused) });
    expect(server.asked()).toBe(0);
  },
);

test("reaches it where that is allowed, with body and headers both ways", async () => {
  await using server = await serve((request, response) => {
    response.writeHead(201, { "x-seen": request.headers["content-type"] ?? "" });
    response.write(`${request.method} `);
    request.pipe(response);
  });
  const options = { method: "POST", body: new URLSearchParams({ code: "a b" }) };
  const fetch = fetchOutside({ mayBeInside: true });
  const answer = await fetch(`http://127.0.0.1:${server.port}/`, options);
  expect(answer.status).toBe(201);
  expect(answer.headers.get("x-seen")).toMatch(/^application\/x-www-form-urlencoded/);
  expect(await answer.text()).toBe("POST code=a+b");
});

test("reads no endless answer, follows no redirect and stops when told to", async () => {
  await using server = await serve((request, response) => {
    if (request.url === "/away") {
      response.writeHead(302, { location: "http://127.0.0.1/other" }).end();
    } else if (request.url === "/endless") {
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", write);
      write();
    }
  });
  const at = (path: string) => `http://127.0.0.1:${server.port}${path}`;
  const fetch = fetchOutside({ mayBeInside: true });
  expect((await fetch(at("/away"))).status).toBe(302);
  await expect(fetch(at("/endless"))).rejects.toMatchObject({
    cause: { message: "the answer has more than 1048576 bytes" },
  });
  const late = fetch(at("/silent"), { signal: AbortSignal.timeout(50) });
  await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
});
