import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { MiddlewareHandler } from "hono";

import { contextOf, inSpan } from "./trace.ts";

/**
 * A span per request; it continues the caller's trace when there is one (`traceparent`). Screens that
 * look every second and streams that never end would drown the others, so they have none.
 */
export const tracedRequests: MiddlewareHandler = async (c, next) => {
  if (unrecorded.has(c.req.path)) return next();
  const { method, path } = c.req;
  const attributes = { "http.request.method": method, "url.path": path };
  const parent = contextOf(c.req.header("traceparent"));
  return inSpan(
    `${method} request`,
    { kind: SpanKind.SERVER, attributes, parent },
    async (span) => {
      await next();
      // The route with its parameters' names: few names, whatever the ids are.
      span.updateName(`${method} ${c.req.routePath}`);
      span.setAttribute("http.route", c.req.routePath);
      span.setAttribute("http.response.status_code", c.res.status);
      if (c.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    },
  );
};

const unrecorded: ReadonlySet<string> = new Set(["/api/live", "/api/health", "/metrics"]);
