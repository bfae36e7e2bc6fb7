import type { OpenAPIHono } from "@hono/zod-openapi";
import type { NotFoundHandler } from "hono";

import { problem, sendProblem } from "./problem.ts";

/**
 * Answers what no route took: 405 with the methods the path knows (RFC 9110, 15.5.6), else 404. The
 * API's description names every route anyway, so this gives nothing away.
 */
export function unknownRoute(api: OpenAPIHono): NotFoundHandler {
  return (c) => {
    const { method, path } = c.req;
    const known = methodsOf(api, path);
    if (known.length === 0) {
      return sendProblem(c, problem(404, "route.unknown", `There is nothing at ${path}.`));
    }
    c.header("Allow", known.join(", "));
    const detail = `${path} knows ${known.join(", ")}, not ${method}.`;
    return sendProblem(c, { ...problem(405, "method.unknown", detail), allowed: known });
  };
}

function methodsOf(api: OpenAPIHono, path: string): string[] {
  const methods = new Set(api.routes.map(({ method }) => method));
  // Middleware is there for every method; a route is for one.
  methods.delete("ALL");
  const known = [...methods].filter((method) =>
    api.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  );
  // Hono answers HEAD by the route of GET.
  return (known.includes("GET") ? [...known, "HEAD"] : known).toSorted((a, b) => (a < b ? -1 : 1));
}
