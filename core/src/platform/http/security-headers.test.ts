import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { expect, test } from "vitest";

import { securityHeaders } from "./security-headers.ts";

const app = new Hono()
  .use(securityHeaders({ publicUrl: "https://plant.example" }))
  .get("/json", (c) => c.json({ a: 1 }))
  .get("/stream", () => new Response(new Blob(["a"]).stream()))
  .get("/own", (c) => c.text("a", 200, { "Content-Security-Policy": "sandbox" }))
  .get("/fails", () => {
    throw new Error("on purpose");
  })
  .onError((_, c) => c.text("failed", 500));

test.each(["/json", "/stream", "/own", "/fails", "/nowhere"])(
  "%s has the same headers from Node's server and from any other",
  async (path) => {
    const server = createAdaptorServer({ fetch: app.fetch });
    server.listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const served = await fetch(`http://127.0.0.1:${port}${path}`);
      await served.arrayBuffer();
      const plain = await app.request(path);
      expect(served.status).toBe(plain.status);
      expect(strictOf(served)).toEqual(strictOf(plain));
      if (path === "/own") expect(strictOf(served)["content-security-policy"]).toBe("sandbox");
      expect(Object.keys(strictOf(served))).toEqual(
        expect.arrayContaining(["content-security-policy", "strict-transport-security"]),
      );
    } finally {
      server.close();
    }
  },
);

function strictOf({ headers }: Response): Record<string, string> {
  const named = /^(content-security|strict-transport|x-|referrer|permissions|cross-origin|origin-)/;
  return Object.fromEntries([...headers].filter(([name]) => named.test(name)));
}
