import type { Problem } from "@millwright/contracts/api";

import { goToSignIn, renewSession } from "./session.ts";

/** A server's answer that is not 2xx, as problem+json says it; refusals carry `allowed`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  /** From Retry-After: how long to wait before asking again. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, retryAfterMs: number | null = null) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer at all: the network, or the server, is not there. A retry helps. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** True for an error that is the server's refusal with this code. */
export function isProblem(error: unknown, code: string): error is ProblemError {
  return error instanceof ProblemError && error.problem.code === code;
}

/**
 * Reads one resource. Its shape is the contract of the route, which server tests hold. A session that
 * needs renewal is renewed on the way; when it is over, the page is left for the sign-in.
 * @throws ProblemError what the server answered
 * @throws UnreachableError nothing answered within 15 s
 */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, signal === undefined ? {} : { signal });
}

/**
 * Asks for a change. `key` names the intent: sending the same key again (a second press, a retry
 * after a lost answer) acts once.
 * @throws ProblemError @throws UnreachableError
 */
export function postJson<T>(path: string, body: unknown, key: string): Promise<T> {
  return request<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });
}

/**
 * Saves an edit of what was read as `version`; null where the resource has none.
 * @throws ProblemError 412 when somebody else saved in between @throws UnreachableError
 */
export function saveJson<T>(
  method: "PUT" | "PATCH",
  path: string,
  body: unknown,
  version: number | string | null,
): Promise<T> {
  return request<T>(path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(version !== null && { "if-match": `"${version}"` }),
    },
    body: JSON.stringify(body),
  });
}

/** Removes one resource and gives back what it was. */
export function deleteJson<T>(path: string): Promise<T> {
  return request<T>(path, { method: "DELETE" });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const sentTime = Date.now();
  let response = await ask(path, init);
  if (response.status === 401 && !isOpen(path)) {
    if (await isRenewed(sentTime)) response = await ask(path, init);
    else goToSignIn();
  }
  if (!response.ok) throw new ProblemError(await problemOf(response), retryAfterOf(response));
  return (await response.json()) as T;
}

/** Routes for people who are not signed in: their 401 is an answer to what was typed. */
function isOpen(path: string): boolean {
  return path.startsWith("/api/auth/") || path === "/api/setup";
}

async function isRenewed(sentTime: number): Promise<boolean> {
  return renewSession(sentTime).catch((cause: unknown) => {
    throw new UnreachableError("the session could not be renewed", { cause });
  });
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(answerMsMax);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  return fetch(path, { ...init, signal }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    throw new UnreachableError("no answer", { cause });
  });
}

/** A proxy in between may answer with a page of its own: it still becomes a problem. */
async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  if (response.headers.get("content-type")?.includes("json") === true) {
    return JSON.parse(text) as Problem;
  }
  const title = response.statusText || `HTTP ${response.status}`;
  return {
    type: "about:blank",
    title,
    status: response.status,
    code: "http",
    detail: text.slice(0, 300) || title,
  };
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : null;
}

/** Longer than the slowest answer of the server; a lost network must not leave a screen waiting. */
const answerMsMax = 15_000;
