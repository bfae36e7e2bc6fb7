import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { InsideRefused, namesInside, outsideOnly } from "./inside-addresses.ts";

type Options = {
  method?: string;
  headers?: Record<string, string>;
  body?: RequestInit["body"] | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * `fetch` for addresses that people enter: it does not reach our own network unless `mayBeInside`, follows no
 * redirect and reads at most 1 MiB.
 * @throws TypeError like fetch, its cause an InsideRefused where that is why · the signal's reason
 */
export function fetchOutside({ mayBeInside }: { mayBeInside: boolean }) {
  return async (url: string, options: Options = {}): Promise<Response> => {
    const { method = "GET", headers = {}, body: sent = null, signal = null } = options;
    const asked = new Request(url, { method, headers, body: sent, signal });
    const body = Buffer.from(await asked.arrayBuffer());
    const target = new URL(url);
    try {
      if (!mayBeInside && namesInside(target)) throw new InsideRefused(target.hostname);
      const send = target.protocol === "https:" ? httpsRequest : httpRequest;
      const outgoing = send(target, {
        method: asked.method,
        headers: {
          ...Object.fromEntries(asked.headers),
          ...(body.byteLength > 0 && { "content-length": body.byteLength }),
        },
        signal: asked.signal,
        agent: false,
        ...(mayBeInside ? {} : { lookup: outsideOnly }),
      });
      outgoing.end(body);
      const [incoming]: [IncomingMessage] = (await once(outgoing, "response")) as [IncomingMessage];
      return toResponse(incoming, await readBody(incoming));
    } catch (cause) {
      asked.signal.throwIfAborted();
      throw new TypeError("fetch failed", { cause });
    }
  };
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a body is bytes");
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error(`the answer has more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

// Keys of a provider with a hundred of them are 50 KB.
const bytesMax = 1_048_576;

function toResponse(incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const status = incoming.statusCode ?? 502;
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? body : null, { status, headers });
}
