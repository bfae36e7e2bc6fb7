import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";

import type { Transaction } from "../db/transaction.ts";
import { Fault } from "../errors.ts";
import type { Platform } from "../platform.ts";
import type { Caller } from "./caller.ts";
import { findAnswer, isKeyTaken, keepAnswer, type KeyedRequest } from "./idempotency.ts";
import { type Authorise, authoriseOf, callerOf, refuseUnasked } from "./permission.ts";

/** A set of routes; input that fails its schema is thrown, so that problem.ts answers it. */
export function createApi(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    },
  });
}

/** Who asks, with the way to ask whether they may do something to an object (`on: "object"`). */
export type Asking = Caller & { readonly authorise: Authorise };

type Work<T> = (tx: Transaction, caller: Asking) => Promise<T>;

/** How a route reaches the database: as the caller's tenant. */
export type Requests = {
  /**
   * A GET only reads, every statement on its own (`Database.reading`), so that it costs one round trip
   * each. Anything else, such as a POST that must not be remembered, is one transaction.
   */
  transaction<T>(c: Context, work: Work<T>): Promise<T>;
  /**
   * A POST: acts once per caller and Idempotency-Key, and answers again what it answered, for 24 hours.
   * Behind `on: "object"` the question goes into `ask`: an answer that is repeated is asked about too.
   */
  act<T>(c: Context, body: unknown, work: Work<T>, ask?: Work<void>): Promise<T>;
  /** The same with something that is told once and never kept: null when the answer is a repeated one. */
  actTellingOnce<T, S>(
    c: Context,
    body: unknown,
    work: Work<Told<T, S>>,
  ): Promise<Told<T, S | null>>;
};

type Told<T, S> = { readonly answer: T; readonly secret: S };

export function createRequests({ db }: Pick<Platform, "db">): Requests {
  const transaction: Requests["transaction"] = (c, work) => {
    const caller = { ...callerOf(c), authorise: authoriseOf(c) };
    const isReading = c.req.method === "GET" || c.req.method === "HEAD";
    const open = isReading ? db.reading.bind(db) : db.inTenant.bind(db);
    return open(caller.tenantId, async (tx) => {
      const result = await work(tx, caller);
      // Thrown here nothing is committed or shown, which is the point.
      refuseUnasked(c);
      return result;
    });
  };
  /** A key that has an answer is found by failing: nearly none has one, and so none is looked up first. */
  const actOnce = async <T, S>(c: Context, request: KeyedRequest, { work, ask }: Act<T, S>) => {
    let isAllowed = false;
    const attempt = () =>
      transaction(c, async (tx, caller) => {
        isAllowed = false;
        await ask?.(tx, caller);
        isAllowed = true;
        const told = await work(tx, caller);
        keepAnswer(tx, request, told.answer);
        return told;
      });
    const { tenantId } = callerOf(c);
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isAllowed || error instanceof Fault) throw error;
        // What was done the first time may be why it is refused now.
        const found = await db.inTenant(tenantId, (tx) => findAnswer(tx, request));
        if (found !== null) return { answer: found.answer as T, secret: null };
        // The answer that was kept was too old; several at once may find that, and one is first.
        if (!isKeyTaken(error) || attempts === attemptsMax) throw error;
      }
    }
  };
  const act = <T, S>(c: Context, body: unknown, { work, ask }: Act<T, S>) => {
    const key = c.req.header("idempotency-key");
    if (key !== undefined) {
      const request = { key, method: c.req.method, path: c.req.path, body, caller: callerOf(c) };
      return actOnce(c, request, { work, ask });
    }
    return transaction(c, async (tx, caller) => {
      await ask?.(tx, caller);
      return work(tx, caller);
    });
  };
  return {
    transaction,
    act: async <T>(c: Context, body: unknown, work: Work<T>, ask?: Work<void>) => {
      const untold = async (...given: Parameters<Work<T>>): Promise<Told<T, null>> => ({
        answer: await work(...given),
        secret: null,
      });
      return (await act(c, body, { work: untold, ask })).answer;
    },
    actTellingOnce: (c, body, work) => act(c, body, { work, ask: undefined }),
  };
}

const attemptsMax = 3;

type Act<T, S> = { work: Work<Told<T, S>>; ask: Work<void> | undefined };
