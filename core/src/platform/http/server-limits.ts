/**
 * What Node's server allows a connection before a request is complete, so that nobody holds it open by
 * sending slowly (slow-loris). An answer may take as long as it likes: live streams do.
 */
export const serverLimits = {
  // Ours are under 2 KB, cookies included; more is answered 431.
  maxHeaderSize: 16_384,
  // From the first byte to the end of the headers, and to the end of the body; more is answered 408.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // How often the two above are looked at.
  connectionsCheckingInterval: 2_000,
  // Longer than the 60 s after which usual proxies close an idle connection themselves.
  keepAliveTimeout: 65_000,
} as const;

/** Open sockets of one process; each costs about 20 KB. More are closed at once. */
export const connectionsMax = 2_000;
