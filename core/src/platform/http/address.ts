import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";

import type { IsTrustedProxy } from "./trusted-proxies.ts";

declare module "hono" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- merging needs an interface
  interface ContextVariableMap {
    /** Of who asks, when a proxy of ours told it. */
    forwardedAddress: string | undefined;
  }
}

/** How Node's server and Deno's tell who is at the other end. */
const onNode = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});
const onDeno = z.object({ remoteAddr: z.object({ hostname: z.string() }) });

/**
 * Believes `X-Forwarded-For` where proxies of ours wrote it: from the right, the first address that is
 * none of theirs is who asked. What stands before it was written by who asked, and may be anything.
 */
export function forwardedAddresses(isTrusted: IsTrustedProxy | undefined): MiddlewareHandler {
  if (isTrusted === undefined) return (_, next) => next();
  return (c, next) => {
    const hops = (c.req.header("x-forwarded-for") ?? "").split(",").slice(-hopsMax).toReversed();
    let address = peerOf(c);
    for (const hop of hops.map((text) => text.trim())) {
      if (!isTrusted(address) || !z.union([z.ipv4(), z.ipv6()]).safeParse(hop).success) break;
      address = plain(hop);
    }
    c.set("forwardedAddress", address);
    return next();
  };
}

// Nobody has as many proxies in a row.
const hopsMax = 20;

/**
 * The address of who asks: of the other end of the connection, unless that is a proxy of ours that tells
 * it (`forwardedAddresses`). `unknown` in tests that need no connection.
 */
export function addressOf(c: Context): string {
  return c.get("forwardedAddress") ?? peerOf(c);
}

function peerOf(c: Context): string {
  const node = onNode.safeParse(c.env);
  if (node.success) return plain(node.data.incoming.socket.remoteAddress);
  const deno = onDeno.safeParse(c.env);
  return deno.success ? deno.data.remoteAddr.hostname : "unknown";
}

/** IPv4 that came by a socket of IPv6 (RFC 4291, 2.5.5.2) is the same address. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
