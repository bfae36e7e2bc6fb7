import { OpenAPIHono } from "@hono/zod-openapi";
import type { TenantId } from "@millwright/contracts/units";
import type { Context } from "hono";

import type { Transaction } from "../db/transaction.ts";
import type { Platform, ResolveTenant } from "../platform.ts";
import { once } from "./idempotency.ts";

/** A set of routes; input that fails its schema is thrown, so that problem.ts answers it. */
export function createApi(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw result.error;
    },
  });
}

/** How a route reaches the database: one transaction of the request's tenant. */
export type Requests = {
  /** One transaction: a GET, or a POST that must not be remembered. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A POST: acts once per Idempotency-Key, see `once`. */
  act<T>(c: Context, body: unknown, work: (tx: Transaction) => Promise<T>): Promise<T>;
  tenantId(): Promise<TenantId>;
};

export function createRequests(platform: Platform, resolveTenant: ResolveTenant): Requests {
  return {
    tenantId: resolveTenant,
    transaction: async (work) => platform.db.inTenant(await resolveTenant(), work),
    act: async (c, body, work) => {
      const key = c.req.header("idempotency-key");
      const request = { key, method: c.req.method, path: c.req.path, body };
      return platform.db.inTenant(await resolveTenant(), (tx) => once(tx, request, () => work(tx)));
    },
  };
}
