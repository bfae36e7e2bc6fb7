import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";

import type { Transaction } from "../db/transaction.ts";
import type { Platform } from "../platform.ts";
import type { Caller } from "./caller.ts";
import { once } from "./idempotency.ts";
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
   * A POST: acts once per caller and Idempotency-Key, see `once`. Behind `on: "object"` the question goes
   * into `ask`: an answer that is repeated is asked about too, and `work` does not run for it.
   */
  act<T>(c: Context, body: unknown, work: Work<T>, ask?: Work<void>): Promise<T>;
};

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
  return {
    transaction,
    act: async (c, body, work, ask) => {
      const key = c.req.header("idempotency-key");
      return transaction(c, async (tx, caller) => {
        await ask?.(tx, caller);
        const request = { key, method: c.req.method, path: c.req.path, body, caller };
        return once(tx, request, () => work(tx, caller));
      });
    },
  };
}
