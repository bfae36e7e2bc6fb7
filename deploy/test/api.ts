import { randomUUID } from "node:crypto";

import type { WorkOrder } from "@millwright/contracts/api";

/** The public HTTP API as a client uses it; every answer that is not 2xx fails with its problem. */
export function apiClient(coreUrl: string, apiKey: string) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${coreUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
  return {
    get: <T>(path: string) => call<T>("GET", path),
    post: <T>(path: string, body: unknown = {}) => call<T>("POST", path, body),
    command: (workOrderId: string, command: string, reason = "") =>
      call<WorkOrder>("POST", `/api/work-orders/${workOrderId}/${command}`, { reason }),
    order: (workOrderId: string) => call<WorkOrder>("GET", `/api/work-orders/${workOrderId}`),
  };
}
