import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/**
 * Lets pages of these origins ask with a token of their own; cookies stay with our pages. Without any
 * origin, browsers get no permission at all, which keeps everybody else's pages out.
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  if (origins.length === 0) return (_, next) => next();
  return cors({
    origin: [...origins],
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"],
    exposeHeaders: ["ETag", "Retry-After", "Content-Disposition"],
    maxAge: preflightS,
  });
}

const preflightS = 600;
