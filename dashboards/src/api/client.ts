import type { Problem } from "@millwright/contracts/api";

/** A server's answer that is not 2xx, as problem+json says it; refusals carry `allowed`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** No answer at all: the network, or the server, is not there. A retry helps. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/**
 * Reads one resource. Its shape is the contract of the route, which server tests hold.
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

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const timeout = AbortSignal.timeout(answerMsMax);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const response = await fetch(path, { ...init, signal }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    throw new UnreachableError("no answer", { cause });
  });
  if (!response.ok) throw new ProblemError(await problemOf(response));
  return (await response.json()) as T;
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

/** Longer than the slowest answer of the server; a lost network must not leave a screen waiting. */
const answerMsMax = 15_000;
