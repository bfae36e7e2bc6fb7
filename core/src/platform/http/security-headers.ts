import { Hono, type MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/**
 * Headers that keep browsers strict. HTTPS is demanded for a year only where people reach us by it
 * (PUBLIC_URL): on a plain http plant network it would lock them out.
 */
export function securityHeaders(asked: { publicUrl: string | undefined }): MiddlewareHandler {
  const isHttps = asked.publicUrl?.startsWith("https:") === true;
  const middleware = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      // The charts set sizes and colours of their elements.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: isHttps && "max-age=31536000; includeSubDomains",
    referrerPolicy: "same-origin",
    xFrameOptions: "DENY",
    // A scanner in a browser needs the camera; nothing of ours needs the rest.
    permissionsPolicy: { camera: ["self"], microphone: [], geolocation: [], payment: [], usb: [] },
  });
  return onNodesServer(middleware);
}

/**
 * Under Node's server the headers, which are the same for every answer, go straight to it: setting them
 * on the answer makes a `Headers` of it, which costs more than finding the caller and the route.
 * Elsewhere (Deno, tests without a port) they are set on the answer.
 */
function onNodesServer(middleware: MiddlewareHandler): MiddlewareHandler {
  let known: Promise<Headers> | undefined;
  return async (c, next) => {
    known ??= headersOf(middleware);
    const strict = await known;
    const server = outgoingOf(c.env);
    if (server !== null) {
      server.setHeaders(strict);
      return next();
    }
    await next();
    // An answer that brings its own, such as a stricter one of a file, keeps it, as under Node's server.
    for (const [name, value] of strict) if (!c.res.headers.has(name)) c.header(name, value);
  };
}

/** What the middleware adds to an empty answer. */
async function headersOf(middleware: MiddlewareHandler): Promise<Headers> {
  const probe = new Hono().use(middleware).get("/", (c) => c.body(null));
  return (await probe.request("/")).headers;
}

type Outgoing = { setHeaders(headers: Headers): unknown };

/** Node's answer, which @hono/node-server hands on with the request. */
function outgoingOf(env: { outgoing?: Partial<Outgoing> } | undefined): Outgoing | null {
  const outgoing = env?.outgoing;
  return typeof outgoing?.setHeaders === "function" ? (outgoing as Outgoing) : null;
}
