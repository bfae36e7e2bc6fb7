import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/**
 * Headers that keep browsers strict. HTTPS is demanded for a year only where people reach us by it
 * (PUBLIC_URL): on a plain http plant network it would lock them out.
 */
export function securityHeaders(asked: { publicUrl: string | undefined }): MiddlewareHandler {
  const isHttps = asked.publicUrl?.startsWith("https:") === true;
  return secureHeaders({
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
}
