import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Registry } from "prom-client";

/**
 * `/metrics` of ingest, on loopback: whoever collects runs on the same
 * host, or in the same pod.
 * @throws Error with one sentence when the port is taken.
 */
export async function serveMetrics(
  registry: Registry,
  port: number,
): Promise<{ address: AddressInfo } & AsyncDisposable> {
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.setHeader("content-type", registry.contentType).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    const message = `Cannot serve metrics on 127.0.0.1:${port}: is the port taken?`;
    throw new Error(message, { cause });
  }
  return {
    address: server.address() as AddressInfo,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
