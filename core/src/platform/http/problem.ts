import type { Problem } from "@millwright/contracts/api";
import type { RefusalKind } from "@millwright/contracts/states";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ClientErrorStatusCode } from "hono/utils/http-status";
import { z } from "zod";

import { Fault, Refusal } from "../errors.ts";
import type { Log } from "../observe/log.ts";

const refusalStatus = {
  invalid: 400,
  not_signed_in: 401,
  not_permitted: 403,
  absent: 404,
  refused: 409,
  changed: 412,
  too_many: 429,
} as const satisfies Record<RefusalKind, number>;

/** A problem that says more than a refusal does, composed where it is known. */
export class ProblemThrown extends Error {
  override readonly name = "ProblemThrown";
  readonly problem: Problem;

  constructor(thrown: Problem) {
    super(thrown.detail);
    this.problem = thrown;
  }
}

/** The one place that turns an error into an answer (RFC 9457). Bugs are logged and say nothing. */
export function problemOf(error: unknown, log: Log): Problem {
  if (error instanceof Refusal) return ofRefusal(error);
  if (error instanceof ProblemThrown) return error.problem;
  if (error instanceof z.ZodError) return ofInvalidInput(error);
  if (error instanceof HTTPException) {
    return problem(
      error.status,
      "request.not_readable",
      error.message || "The request is not readable.",
    );
  }
  if (error instanceof Fault) {
    log.error({ err: error }, "a part we need is not there");
    return problem(503, "part_missing", error.message);
  }
  log.error({ err: error }, "request failed by a bug");
  return problem(500, "bug", "Something went wrong on our side; it is in the log.");
}

/** Sends a problem with its own media type, which `c.json` would overwrite. */
export function sendProblem(c: Context, body: Problem): Response {
  c.header("Content-Type", "application/problem+json");
  return c.newResponse(JSON.stringify(body), statusOf(body.status));
}

function ofRefusal(refusal: Refusal): Problem {
  return {
    ...problem(refusalStatus[refusal.kind], refusal.code, refusal.message),
    ...(refusal.current !== undefined && { current: refusal.current }),
    ...(refusal.asked !== undefined && { asked: refusal.asked }),
    ...(refusal.allowed !== undefined && { allowed: [...refusal.allowed] }),
  };
}

function ofInvalidInput(error: z.ZodError): Problem {
  const fields = error.issues.map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const [first] = fields;
  const where = first === undefined ? "" : ` ${first.path}: ${first.message}.`;
  return { ...problem(400, "request.not_valid", `The request is not valid.${where}`), fields };
}

const titles: Record<number, string> = {
  400: "Not valid",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Not this method",
  409: "Refused",
  412: "Changed meanwhile",
  413: "Too large",
  414: "Too long",
  415: "Not this media type",
  422: "Rows not valid",
  429: "Too many",
  500: "Internal error",
  503: "Not available",
};

export function problem(status: number, code: string, detail: string): Problem {
  return { type: "about:blank", title: titles[status] ?? "Error", status, code, detail };
}

/** A mistake of the caller keeps its status; of ours, only "not there" is told apart. */
function statusOf(status: number): ClientErrorStatusCode | 500 | 503 {
  if (status === 503) return status;
  return isClientError(status) ? status : 500;
}

function isClientError(status: number): status is ClientErrorStatusCode {
  return status >= 400 && status < 500;
}
