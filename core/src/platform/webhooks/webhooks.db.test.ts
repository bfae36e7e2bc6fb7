import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { readSubscriptions } from "../events/operate-subscription.ts";
import { openRecordingPlant, type RecordingPlant } from "../events/recording.fixture.ts";
import { sendMail } from "../mail/send-mail.ts";
import { forgetSettled } from "../outbox/forget-settled.ts";
import { Seal } from "../seal.ts";
import { newSecret, sealedAs } from "./sign.ts";
import { webhookDeliveries } from "./webhook-deliveries.ts";
import { sendDueDeliveries } from "./webhook-sender.ts";

let plant: RecordingPlant;
let target: Awaited<ReturnType<typeof startTarget>>;
let now = new Date();
const webhookId = "00000000-0000-4000-8000-0000000000aa";
const secret = newSecret();
const seal = new Seal(["a sealing key of tests, 32 characters"]);
const hourMs = 3_600_000;

beforeEach(async () => {
  now = new Date();
  plant = await openRecordingPlant();
  target = await startTarget();
  await plant.inTenant(async (tx) =>
    sql`
      insert into platform.webhook (tenant_id, webhook_id, url, event_types, secret)
      values (${tx.tenantId}, ${webhookId}, ${target.url}, '{equipment.edge_node_changed}',
              ${await seal.seal(secret, sealedAs)})`.execute(tx.over()),
  );
});
afterEach(async () => {
  await target?.[Symbol.asyncDispose]();
  await plant?.[Symbol.asyncDispose]();
});

test("an event is delivered once, with a signature that the receiver can check", async () => {
  await plant.emit(["a"]);
  await queue();
  await send();
  await send();
  expect(target.requests).toHaveLength(1);
  const [request] = target.requests;
  const header = (name: string) => String(request?.headers[name]);
  const signed = `${header("webhook-id")}.${header("webhook-timestamp")}.${request?.body}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = createHmac("sha256", key).update(signed).digest("base64");
  expect(request?.headers["webhook-signature"]).toBe(`v1,${expected}`);
  expect(JSON.parse(request?.body ?? "")).toMatchObject({
    type: "equipment.edge_node_changed",
    data: { payload: { edgeNodeId: "a" } },
  });
});

test("a replay of the log queues nothing twice", async () => {
  await plant.emit(["a", "b"]);
  await queue();
  await send();
  await plant.inTenant((tx) =>
    sql`update platform.subscription set position = 0 where name = 'platform.webhooks'`.execute(
      tx.over(),
    ),
  );
  await queue();
  await send();
  expect(target.requests).toHaveLength(2);
});

test("a target that answers 500 for a day gets everything when it is well, with the same ids", async () => {
  target.status = 500;
  await plant.emit(["a", "b"]);
  await queue();
  for (let hour = 0; hour < 24; hour += 1) {
    await send();
    now = new Date(now.getTime() + hourMs);
  }
  // Growing pauses: a day costs it a dozen attempts per event.
  expect(target.requests.length).toBeLessThan(32);
  target.status = 204;
  now = new Date(now.getTime() + 6 * hourMs);
  target.requests.length = 0;
  await send();
  expect(target.requests.map(({ body }) => JSON.parse(body).data.payload.edgeNodeId)).toEqual(
    expect.arrayContaining(["a", "b"]),
  );
  expect(await webhook()).toMatchObject({ is_enabled: true, failing_since: null });
});

test("a target that hangs is let go after the timeout, and tried again later", async () => {
  target.status = "hang";
  await plant.emit(["a"]);
  await queue();
  const started = performance.now();
  await send();
  expect(performance.now() - started).toBeLessThan(5000);
  expect((await deliveries())[0]).toMatchObject({
    state: "queued",
    reason: "no answer within 300 ms",
  });
});

test("what took nothing for five days is switched off with one alert and one mail", async () => {
  target.status = 500;
  await plant.inTenant((tx) =>
    sql`
      insert into platform.alert_recipient (tenant_id, address)
      values (${tx.tenantId}, 'ops@example.com')`.execute(tx.over()),
  );
  for (let day = 0; day < 7; day += 1) {
    await plant.emit([`day-${day}`]);
    await queue();
    await send();
    now = new Date(now.getTime() + 24 * hourMs);
  }
  expect(await webhook()).toMatchObject({ is_enabled: false, disabled_reason: "answered 500" });
  const { rows } = await plant.inTenant((tx) =>
    sql`
      select a.kind, m.recipient
        from platform.alert a
        join platform.mail m on m.key = concat('alert:', a.alert_id, ':ops@example.com')`.execute(
      tx.over(),
    ),
  );
  expect(rows).toEqual([{ kind: "webhook_disabled", recipient: "ops@example.com" }]);
});

test("an address of our own network is refused, unless the installation allows it", async () => {
  await plant.emit(["a"]);
  await queue();
  await sendDueDeliveries({ ...deps(), mayBeInside: false });
  expect(target.requests).toEqual([]);
  expect((await deliveries())[0]?.reason).toMatch(/inside of our network/);
});

test("a secret that another key has sealed is told as the reason, and nothing is sent unsigned", async () => {
  await plant.emit(["a"]);
  await queue();
  const other = new Seal(["another sealing key, 32 characters or more"]);
  await sendDueDeliveries({ ...deps(), seal: other });
  expect(target.requests).toEqual([]);
  expect((await deliveries())[0]?.reason).toContain("SEALING_KEYS");
  const metrics = await plant.platform.metrics.registry.metrics();
  expect(metrics).toContain('millwright_webhook_deliveries_total{outcome="retried"} 1');
});

test("what nobody asks for is neither read nor lag; a webhook hears of what comes after it", async () => {
  const nobody = "update platform.webhook set is_enabled = false";
  await plant.inTenant((tx) => sql.raw(nobody).execute(tx.over()));
  const names = Array.from({ length: 1500 }, (_, index) => `n${index}`);
  await plant.emit(names);
  const runner = plant.runner(webhookDeliveries());
  expect(await runner.catchUp()).toBe(false);
  expect(await deliveries()).toEqual([]);
  const state = async () =>
    (await plant.inTenant(readSubscriptions)).find(({ name }) => name === "platform.webhooks");
  expect(await state()).toMatchObject({ eventsBehind: 0, position: (await state())?.lastPosition });
  const handled = await plant.platform.metrics.registry.metrics();
  expect(handled).not.toMatch(
    /millwright_events_handled_total\{subscription="platform.webhooks"\}/,
  );

  // Below the stretch that is stepped over: these are not told of later either.
  await plant.emit(["before"]);
  await plant.inTenant((tx) =>
    sql`
      update platform.webhook
         set is_enabled = true, from_position = platform.last_position()`.execute(tx.over()),
  );
  await plant.emit(["after"]);
  while (await runner.catchUp());
  await send();
  expect(target.requests.map(({ body }) => JSON.parse(body).data.payload.edgeNodeId)).toEqual([
    "after",
  ]);
});

test("what was settled long ago is forgotten", async () => {
  await plant.emit(["a"]);
  await queue();
  await send();
  await plant.inTenant((tx) =>
    sendMail(tx, { key: "k", to: "a@example.com", subject: "s", text: "t" }),
  );
  const age = (days: number) =>
    plant.inTenant(async (tx) => {
      await sql`update platform.webhook_delivery
                   set settled_time = now() - ${days} * interval '1 day'`.execute(tx.over());
      await sql`update platform.mail
                   set state = 'sent', text = null,
                       settled_time = now() - ${days} * interval '1 day'`.execute(tx.over());
    });
  const forget = () =>
    forgetSettled(plant.home).perform(
      { tenantId: null, payload: null },
      { jobId: "x", attempt: 1, signal: new AbortController().signal, progress: () => undefined },
    );
  await age(29);
  expect(await forget()).toEqual({ removed: 0 });
  await age(91);
  expect(await forget()).toEqual({ removed: 2 });
  expect(await deliveries()).toEqual([]);
});

function deps() {
  const clock = { now: () => now };
  const { db } = plant.platform;
  return { ...plant.platform, db, clock, seal, mayBeInside: true, timeoutMs: 300 };
}

async function send(): Promise<void> {
  while (await sendDueDeliveries(deps()));
}

async function queue(): Promise<void> {
  const runner = plant.runner(webhookDeliveries());
  while (await runner.catchUp());
}

async function webhook() {
  const { rows } = await plant.inTenant((tx) =>
    sql`select is_enabled, disabled_reason, failing_since from platform.webhook`.execute(tx.over()),
  );
  return rows[0];
}

async function deliveries() {
  const { rows } = await plant.inTenant((tx) =>
    sql<{ state: string; reason: string | null }>`
      select state, reason from platform.webhook_delivery order by position`.execute(tx.over()),
  );
  return rows;
}

async function startTarget() {
  const requests: { headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      requests.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      if (started.status !== "hang") response.writeHead(started.status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const started = {
    requests,
    url: `http://127.0.0.1:${address.port}/hook`,
    status: 204 as number | "hang",
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return started;
}
