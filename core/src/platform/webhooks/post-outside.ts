import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { InsideRefused, namesInside, outsideOnly } from "../outside/inside-addresses.ts";

/** The target did not take it: it hangs, it cannot be reached, or it answered something else than 2xx. */
export class NotTaken extends Error {
  override readonly name = "NotTaken";
}

/**
 * Posts JSON and waits for the status, at most `timeoutMs` in all. Redirects are not followed. The
 * address is judged when it is connected to, so a name that changes its mind does not get in.
 * @throws NotTaken
 */
export async function postOutside(
  url: string,
  asked: {
    headers: Record<string, string>;
    body: string;
    timeoutMs: number;
    mayBeInside: boolean;
  },
): Promise<void> {
  const target = new URL(url);
  if (!asked.mayBeInside && namesInside(target))
    throw insideRefused(new InsideRefused(target.hostname));
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = send(
    target,
    {
      method: "POST",
      headers: { ...asked.headers, "content-length": Buffer.byteLength(asked.body) },
      signal: AbortSignal.timeout(asked.timeoutMs),
      agent: false,
      ...(asked.mayBeInside ? {} : { lookup: outsideOnly }),
    },
    (response) => {
      // Only the status is of use; an endless body ends with the connection.
      resolve(response.statusCode ?? 0);
      response.destroy();
    },
  );
  outgoing.on("error", reject);
  outgoing.end(asked.body);
  try {
    const status = await promise;
    if (status < 200 || status > 299) throw new NotTaken(`answered ${status}`);
  } catch (error) {
    if (error instanceof NotTaken) throw error;
    if (error instanceof InsideRefused) throw insideRefused(error);
    const reason = error instanceof Error ? error.message : String(error);
    const isLate = error instanceof Error && error.name === "AbortError";
    throw new NotTaken(isLate ? `no answer within ${asked.timeoutMs} ms` : reason, {
      cause: error,
    });
  }
}

function insideRefused(cause: InsideRefused): NotTaken {
  return new NotTaken(`${cause.message}; WEBHOOKS_MAY_BE_INSIDE allows it`, { cause });
}
