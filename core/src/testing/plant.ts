import type { Item, Location, WorkOrder } from "@millwright/contracts/api";
import type { EventPayload, EventToEmit } from "@millwright/contracts/events";
import type { CountRole, MachineState } from "@millwright/contracts/states";
import {
  bindingIdSchema,
  iso8601Schema,
  type TenantId,
  tenantIdSchema,
  toQuantity,
  workUnitIdSchema,
} from "@millwright/contracts/units";

import { type App, type AppOptions, createApp } from "../app.ts";
import { equipment } from "../modules/equipment/index.ts";
import { inventory } from "../modules/inventory/index.ts";
import { productionSubscriptions } from "../modules/production/index.ts";
import type { Clock } from "../platform/clock.ts";
import { Database } from "../platform/db/database.ts";
import { newEvent } from "../platform/events/new-event.ts";
import { SubscriptionRunner } from "../platform/events/run-subscription.ts";
import { createMetrics } from "../platform/observe/metrics.ts";
import { openPlatform } from "../platform/open-platform.ts";
import type { Platform } from "../platform/platform.ts";

/** The part of a test database that core needs; its roles are real. */
type Urls = {
  urls: { core: string; worker: string };
  home: { ingest: string };
  tenantId: string;
  /** Of an administrator. */
  apiKey: string;
};

export type Counted = {
  workUnitId: string;
  role?: CountRole;
  delta: number;
  from?: number;
  at: number;
};

/**
 * Core and worker in this process on a real database, and a machine to play: what tests of several
 * contexts share. The clock stands still until it is set.
 */
export async function openTestPlant(database: Urls) {
  await using opening = new AsyncDisposableStack();
  const tenantId = tenantIdSchema.parse(database.tenantId);
  let now = new Date("2026-11-20T10:00:00Z");
  const clock: Clock = { now: () => now };
  const common = { process: "test", logLevel: "silent", clock };
  const core = opening.use(await openPlatform({ ...common, databaseUrl: database.urls.core }));
  const worker = opening.use(await openPlatform({ ...common, databaseUrl: database.urls.worker }));
  const ingest = opening.use(
    new Database(database.home.ingest, { poolMax: 2, onError: () => undefined }),
  );
  const app = opening.use(createApp(core, testOptions));
  const runners = productionSubscriptions({ platform: worker, equipment, inventory }).flatMap(
    (subscription) =>
      worker.db.homes().map((home) => new SubscriptionRunner(subscription, { ...worker, ...home })),
  );
  const opened = opening.move();

  async function call(
    method: string,
    path: string,
    body?: unknown,
    key?: string,
    ifMatch?: number,
  ): Promise<{ status: number; body: unknown }> {
    const response = await app.api.request(path, {
      method,
      headers: {
        authorization: `Bearer ${database.apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  return {
    tenantId,
    core,
    worker,
    app,
    setClock: (time: string) => {
      now = new Date(time);
    },
    now: () => now.getTime(),
    call,
    get: async <T>(path: string) => (await call("GET", path)).body as T,
    post: async <T>(path: string, body: unknown = {}) => {
      const answer = await call("POST", path, body);
      if (answer.status >= 300) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
      return answer.body as T;
    },
    /** Emits as ingest does, in one transaction. */
    emit: (events: readonly EventToEmit[]) =>
      ingest.inTenant(tenantId, async (tx) => {
        tx.emit(events);
        await Promise.resolve();
      }),
    /** Digests all that is in the log. */
    settle: async () => {
      for (const runner of runners) while (await runner.catchUp());
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Of every test app: nobody else trusts it. */
export const testSigningKey = "a signing key of tests, 32 characters or more";

export const testSetupCode = "the setup code of tests";
export const testOptions = {
  signingKeys: [testSigningKey],
  setupCode: testSetupCode,
  // The providers of tests are on this machine.
  oidcMayBeInside: true,
} as const;

/** What another process of core would serve on the same database: its own memory and figures. */
export function anotherApp(platform: Platform, options: Partial<AppOptions> = {}): App {
  return createApp({ ...platform, metrics: createMetrics() }, { ...testOptions, ...options });
}

export type TestPlant = Awaited<ReturnType<typeof openTestPlant>>;

/** A place in the stock's tree, named by its code; its id. */
export async function makePlace(
  plant: TestPlant,
  kind: Location["kind"],
  code: string,
  parentId: string | null = null,
): Promise<string> {
  const asked = { kind, code, name: code, parentId };
  return (await plant.post<Location>("/api/stock/locations", asked)).locationId;
}

/** A line of one machine per name, and an item that goes through all of them in this order. */
export async function makeLine(plant: TestPlant, names: readonly string[]) {
  const machines: { workCenterId: string; workUnitId: string }[] = [];
  for (const name of names) {
    machines.push(await plant.post("/api/work-centers", { areaName: "Line", name }));
  }
  const item = await plant.post<Item>("/api/items", {
    number: `BR-${crypto.randomUUID().slice(0, 8)}`,
    name: "Bracket",
    kind: "make",
    uom: "pc",
    operations: machines.map(({ workCenterId }, index) => ({
      step: (index + 1) * 10,
      name: names[index],
      workCenterId,
      runMsPerUnit: 1000,
      setupMs: 0,
    })),
  });
  return { machines, item };
}

export async function releaseOrder(plant: TestPlant, itemId: string, quantity: number) {
  const order = await plant.post<WorkOrder>("/api/work-orders", {
    itemId,
    quantity: String(quantity),
  });
  await plant.post(`/api/work-orders/${order.workOrderId}/firm`);
  return plant.post<WorkOrder>(`/api/work-orders/${order.workOrderId}/release`);
}

/** What ingest says when a counter moved; `from` defaults to one second before `at` (epoch ms). */
export function counted(tenantId: TenantId, count: Counted): EventToEmit {
  const payload: EventPayload<"machine.count_observed@1"> = {
    bindingId: bindingIdSchema.parse(crypto.randomUUID()),
    workUnitId: workUnitIdSchema.parse(count.workUnitId),
    role: count.role ?? "count.good",
    from: toQuantity(0),
    to: toQuantity(count.delta),
    delta: toQuantity(count.delta),
    reset: false,
    sourceFrom: instant(count.from ?? count.at - 1000),
    sourceTo: instant(count.at),
  };
  return newEvent("machine.count_observed@1", { ...machine(tenantId, count.workUnitId), payload });
}

/** What ingest says when replayed readings moved pieces in time. */
export function moved(
  tenantId: TenantId,
  count: { workUnitId: string; entries: readonly { at: number; delta: number }[] },
): EventToEmit {
  const sum = count.entries.reduce((total, { delta }) => total + delta, 0);
  const payload: EventPayload<"machine.count_redistributed@1"> = {
    bindingId: bindingIdSchema.parse(crypto.randomUUID()),
    workUnitId: workUnitIdSchema.parse(count.workUnitId),
    role: "count.good",
    entries: count.entries.map(({ at, delta }) => ({
      sourceFrom: instant(at - 1000),
      sourceTo: instant(at),
      delta: toQuantity(delta),
    })),
    sum: toQuantity(sum),
  };
  return newEvent("machine.count_redistributed@1", {
    ...machine(tenantId, count.workUnitId),
    payload,
  });
}

/** What ingest says when a machine changed its state. */
export function wentTo(
  tenantId: TenantId,
  change: { workUnitId: string; state: MachineState; at: number },
): EventToEmit {
  return newEvent("machine.state_observed@1", {
    ...machine(tenantId, change.workUnitId),
    payload: {
      workUnitId: workUnitIdSchema.parse(change.workUnitId),
      state: change.state,
      sourceTime: instant(change.at),
      cause: "metric",
    },
  });
}

/** What ingest says when a machine gave another reason. */
export function saidReason(
  tenantId: TenantId,
  said: { workUnitId: string; code: string; at: number },
): EventToEmit {
  return newEvent("machine.reason_observed@1", {
    ...machine(tenantId, said.workUnitId),
    payload: {
      workUnitId: workUnitIdSchema.parse(said.workUnitId),
      code: said.code,
      sourceTime: instant(said.at),
    },
  });
}

function machine(tenantId: TenantId, workUnitId: string) {
  return {
    tenantId,
    stream: `work_unit:${workUnitId}`,
    streamVersion: null,
    actor: { kind: "machine" as const, id: "plant/gateway/machine" },
  };
}

function instant(time: number) {
  return iso8601Schema.parse(new Date(time).toISOString());
}
