import type { Context } from "hono";
import { z } from "zod";

/** How Node's server and Deno's tell who is at the other end. */
const onNode = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string() }) }),
});
const onDeno = z.object({ remoteAddr: z.object({ hostname: z.string() }) });

/**
 * The address of the other end of the connection: behind a proxy, the proxy's. Headers are not believed,
 * since anybody may write them. `unknown` in tests that need no connection.
 */
export function addressOf(c: Context): string {
  const node = onNode.safeParse(c.env);
  if (node.success) return node.data.incoming.socket.remoteAddress;
  const deno = onDeno.safeParse(c.env);
  return deno.success ? deno.data.remoteAddr.hostname : "unknown";
}
