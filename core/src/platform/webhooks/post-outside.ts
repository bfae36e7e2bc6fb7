import { lookup } from "node:dns";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** The target did not take it: it hangs, it cannot be reached, or it answered something else than 2xx. */
export class NotTaken extends Error {
  override readonly name = "NotTaken";
}

/** Addresses of this machine and its network: a webhook must not be a way to ask what stands behind us. */
const inside = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["224.0.0.0", 3],
] as const) {
  inside.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  inside.addSubnet(network, prefix, "ipv6");
}

export function isInside(address: string): boolean {
  // ::ffff:10.0.0.1 is 10.0.0.1, in both notations; BlockList sees through it.
  return inside.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
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
  const host = target.hostname.replace(/^\[|\]$/g, "");
  if (!asked.mayBeInside && isIP(host) !== 0 && isInside(host)) throw insideRefused(host);
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
    const reason = error instanceof Error ? error.message : String(error);
    const isLate = error instanceof Error && error.name === "AbortError";
    throw new NotTaken(isLate ? `no answer within ${asked.timeoutMs} ms` : reason, {
      cause: error,
    });
  }
}

const outsideOnly: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = addresses?.find(({ address }) => isInside(address));
    const [first] = addresses ?? [];
    if (error !== null) done(error, "", 4);
    else if (refused !== undefined) done(insideRefused(refused.address), "", 4);
    else if (options.all === true) done(null, addresses);
    else done(null, first?.address ?? "", first?.family ?? 4);
  });
};

function insideRefused(address: string): NotTaken {
  return new NotTaken(`${address} lies inside of our network; WEBHOOKS_MAY_BE_INSIDE allows it`);
}
