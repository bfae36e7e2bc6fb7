import { sql } from "kysely";
import { expect, test } from "vitest";
import { z } from "zod";

import { type ReceivedSpan, startOtlpReceiver } from "../../../../deploy/test/otlp-receiver.ts";
import { makeLine, releaseOrder } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { recordChange } from "../audit/record-change.ts";
import { payloadOf } from "../events/log.ts";
import { SubscriptionRunner } from "../events/run-subscription.ts";
import type { Subscription } from "../events/subscription.ts";
import { defineJob } from "../jobs/define-job.ts";
import { enqueueOnEvent } from "../jobs/enqueue-on-event.ts";
import { JobWorker } from "../jobs/job-worker.ts";
import { startTracing } from "./tracing.ts";

const { plant } = await plantOfFile();

test("the release of an order is one trace, from the request to the effect of its effect", async () => {
  await using receiver = await startOtlpReceiver();
  const { item } = await makeLine(plant, ["saw"]);
  const tracing = await trace(receiver.endpoint);
  const order = await releaseOrder(plant, item.itemId, 3);
  // Two subscriptions in a row: what the first one emits is the second one's cause.
  await settle([changing("test.released"), hearing("test.changed")]);
  await tracing[Symbol.asyncDispose]();

  const release = receiver.spans.find((span) => pathOf(span).endsWith("/release"));
  expect(release?.name).toBe("POST /api/work-orders/:workOrderId/:command");
  const inTrace = receiver.spans.filter(({ traceId }) => traceId === release?.traceId);
  const names = inTrace.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "sql select platform.emit",
      "effect test.released",
      "sql update platform.subscription",
      "effect test.changed",
    ]),
  );
  // One tree: every span but the request hangs on another one of the same trace.
  const ids = new Set(inTrace.map(({ spanId }) => spanId));
  const roots = inTrace.filter(({ parentSpanId = "" }) => !ids.has(parentSpanId));
  expect(roots.map(({ name }) => name)).toEqual([release?.name]);
  // What a person typed and what is bound never leaves with a span.
  expect(JSON.stringify(receiver.spans)).not.toContain(item.number);
  expect(order.state).toBe("released");
});

test("a batch of several traces links to each, and each trace says where its effect was", async () => {
  await using receiver = await startOtlpReceiver();
  const { item } = await makeLine(plant, ["drill"]);
  const tracing = await trace(receiver.endpoint);
  await releaseOrder(plant, item.itemId, 1);
  await releaseOrder(plant, item.itemId, 1);
  await settle([hearing("test.batch", "work_order.released@1")]);
  await tracing[Symbol.asyncDispose]();

  const effects = receiver.spans.filter(({ name }) => name === "effect test.batch");
  const batch = effects.find(({ parentSpanId = "" }) => parentSpanId === "");
  const releases = receiver.spans.filter((span) => pathOf(span).endsWith("/release"));
  const traces = releases.map(({ traceId }) => traceId).toSorted();
  expect(traces).toHaveLength(2);
  expect(batch?.links.map(({ traceId }) => traceId)).toEqual(expect.arrayContaining(traces));
  expect(effects.map(({ traceId }) => traceId)).toEqual(expect.arrayContaining(traces));
});

test("a job that an event asked for goes on in the trace of the request", async () => {
  await using receiver = await startOtlpReceiver();
  const { item } = await makeLine(plant, ["lathe"]);
  const tracing = await trace(receiver.endpoint);
  const done = Promise.withResolvers<string>();
  const job = defineJob({
    name: "test.traced",
    payload: z.object({}),
    timeoutMs: 5_000,
    handle: async ({ tenantId, jobId }) => {
      await plant.worker.db.inTenant(tenantId, (tx) => sql`select 1 as one`.execute(tx.over()));
      done.resolve(jobId);
      return null;
    },
  });
  const { jobs: queues, log, metrics } = plant.worker;
  const queue = await queues.of(plant.tenantId);
  await using worker = new JobWorker([job], { queue, log, metrics, restart: () => undefined });
  worker.start();
  const order = await releaseOrder(plant, item.itemId, 1);
  const key = "work_order.released@1";
  // The orders of the tests above are in the log too.
  const payload = (_: unknown, { stream }: { stream: string }) =>
    stream === `work_order:${order.workOrderId}` ? {} : null;
  await settle([enqueueOnEvent(queues, { name: "test.enqueue", key, job, payload })]);
  await done.promise;
  await worker[Symbol.asyncDispose]();
  await tracing[Symbol.asyncDispose]();

  const release = receiver.spans.find((span) => pathOf(span).endsWith("/release"));
  const names = receiver.spans
    .filter(({ traceId }) => traceId === release?.traceId)
    .map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["sql select platform.emit", "job test.traced", "sql select"]),
  );
});

test("without an endpoint no event has a trace", async () => {
  const tracing = await trace(undefined);
  const { item } = await makeLine(plant, ["mill"]);
  await releaseOrder(plant, item.itemId, 1);
  const heard: (string | null)[] = [];
  await settle([
    {
      name: "test.untraced",
      keys: ["work_order.released@1"],
      handle: async (_, events) => {
        heard.push(...events.map((event) => event.trace));
        await Promise.resolve();
      },
    },
  ]);
  await tracing[Symbol.asyncDispose]();
  expect(heard.at(-1)).toBeNull();
});

function trace(endpoint: string | undefined): Promise<AsyncDisposable> {
  return startTracing({ process: "test", version: "0", endpoint, log: plant.core.log });
}

async function settle(subscriptions: readonly Subscription[]): Promise<void> {
  for (const subscription of subscriptions) {
    const runner = new SubscriptionRunner(subscription, {
      ...plant.worker,
      ...plant.worker.db.installation,
    });
    while (await runner.catchUp());
  }
}

/** Its effect is an event of its own. */
function changing(name: string): Subscription {
  return {
    name,
    keys: ["work_order.released@1"],
    handle: async (tx, events) => {
      for (const event of events) {
        payloadOf("work_order.released@1", event);
        recordChange(tx, {
          objectType: "test",
          objectId: event.position,
          before: null,
          after: { seen: true },
          by: { kind: "system", id: "test" },
        });
      }
      await Promise.resolve();
    },
  };
}

function hearing(
  name: string,
  key: Subscription["keys"][number] = "record.changed@1",
): Subscription {
  return { name, keys: [key], handle: () => Promise.resolve() };
}

function pathOf(span: ReceivedSpan): string {
  return JSON.stringify(
    span.attributes.find(({ key }) => key === "url.path")?.value ?? "",
  ).replaceAll(/^.*:"|"\}$/g, "");
}
