import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { problemSchema } from "@millwright/contracts/api";
import type { z } from "zod";

/** The API said no, for a reason that will not change by asking again. `code` is stable. */
export class ApiRefusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "ApiRefusal";
    this.code = code;
  }
}

/** The API is away or not well; asking again later helps. */
export class ApiAway extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ApiAway";
  }
}

const timeoutMs = 10_000;
/** First wait after a failed attempt, doubled up to the largest: half a minute of trying in all. */
const backoffMs = { first: 250, max: 5_000, attempts: 10 } as const;

/** What the demo plant may do: exactly what any other client of the public HTTP API may. */
export type CoreApi = {
  /** @throws ApiRefusal, ApiAway */
  get<S extends z.ZodType>(path: string, answer: S): Promise<z.output<S>>;
  /** One intent: tried again under the same idempotency key, so it acts once. @throws ApiRefusal, ApiAway */
  post<S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>>;
  /** Sets a value as a whole; asking twice is asking once. @throws ApiRefusal, ApiAway */
  put<S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>>;
};

/** A client of the core at `url` that parses each answer and gives up when `signal` aborts. */
export function connectCoreApi(
  { url, apiKey }: { url: string; apiKey: string },
  signal: AbortSignal,
): CoreApi {
  const authorization = `Bearer ${apiKey}`;
  const ask = async <S extends z.ZodType>(path: string, request: RequestInit, answer: S) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return answer.parse(await fetchJson(new URL(path, url), request, signal));
      } catch (error) {
        if (!(error instanceof ApiAway) || attempt === backoffMs.attempts) throw error;
        const wait = Math.min(backoffMs.first * 2 ** (attempt - 1), backoffMs.max);
        await sleep(wait, undefined, { signal });
      }
    }
  };
  const written = (method: string, body: unknown, key?: string): RequestInit => ({
    method,
    headers: {
      authorization,
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: JSON.stringify(body),
  });
  return {
    get: (path, answer) => ask(path, { method: "GET", headers: { authorization } }, answer),
    post: (path, body, answer) => ask(path, written("POST", body, randomUUID()), answer),
    put: (path, body, answer) => ask(path, written("PUT", body), answer),
  };
}

async function fetchJson(url: URL, request: RequestInit, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    ...request,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ApiAway(`${url.pathname}: the core does not answer`, error);
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const problem = problemSchema.safeParse(body);
  const detail = problem.success ? problem.data.detail : `status ${response.status}`;
  if (response.status >= 500) throw new ApiAway(`${url.pathname}: ${detail}`);
  throw new ApiRefusal(
    problem.success ? problem.data.code : String(response.status),
    `${url.pathname}: ${detail}`,
  );
}
