import type { MiddlewareHandler } from "hono";

import { problem, sendProblem } from "./problem.ts";

/**
 * Answers 503 while `runningMax` requests are being answered: a queue that grows makes everybody wait
 * longer than they do. Live streams are not counted, they are open and idle.
 */
export function refuseWhenBusy(runningMax = requestsMax): MiddlewareHandler {
  let running = 0;
  return async (c, next) => {
    if (c.req.path === "/api/live") return next();
    if (running >= runningMax) {
      c.header("Retry-After", "1");
      return sendProblem(c, problem(503, "server.busy", "Too much to do right now. Try again."));
    }
    running += 1;
    try {
      await next();
    } finally {
      running -= 1;
    }
    return undefined;
  };
}

// Ten connections to the database answer 200 waiting requests in well under a second.
const requestsMax = 200;
