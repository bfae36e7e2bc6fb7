import {
  commandWebhook,
  createWebhook,
  listWebhooks,
  type Webhook,
  type WebhookCommand,
} from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { iso8601Schema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { recordChange } from "../audit/record-change.ts";
import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import { createApi, type Requests } from "../http/api.ts";
import { guarded, type Permission } from "../http/permission.ts";
import type { Seal } from "../seal.ts";
import { newSecret, sealedAs } from "./sign.ts";

/** Who is told of events outside: each company keeps its own list. */
export function webhookRoutes({ requests, seal }: { requests: Requests; seal: Seal }) {
  return createApi()
    .openapi(guarded(listWebhooks, may("read")), async (c) =>
      c.json({ rows: await requests.transaction(c, readWebhooks) }, 200),
    )
    .openapi(guarded(createWebhook, may("create")), async (c) => {
      const asked = c.req.valid("json");
      // Not remembered by an Idempotency-Key: its answer holds the secret, which nothing else shows.
      const secret = newSecret();
      const sealed = await seal.seal(secret, sealedAs);
      const made = await requests.transaction(c, (tx, { actor }) =>
        insert(tx, { ...asked, secret, sealed }, actor),
      );
      return c.json(made, 201);
    })
    .openapi(guarded(commandWebhook, may({ param: "command" })), async (c) => {
      const { webhookId, command } = c.req.valid("param");
      const rows = await requests.act(c, { command }, async (tx, { actor }) => {
        await change(tx, webhookId, command, actor);
        return readWebhooks(tx);
      });
      return c.json({ rows }, 200);
    });
}

async function readWebhooks(tx: Transaction): Promise<Webhook[]> {
  const { rows } = await sql<{
    webhook_id: string;
    url: string;
    event_types: string[];
    is_enabled: boolean;
    disabled_reason: string | null;
    failing_since: Date | null;
    queued: string;
    failed: string;
    last_failure: string | null;
  }>`
    select w.webhook_id, w.url, w.event_types, w.is_enabled, w.disabled_reason, w.failing_since,
           count(*) filter (where d.state = 'queued') as queued,
           count(*) filter (where d.state = 'failed') as failed,
           (array_agg(d.reason order by d.position desc)
              filter (where d.state <> 'delivered' and d.reason is not null))[1] as last_failure
      from platform.webhook w
      left join platform.webhook_delivery d using (webhook_id)
     where w.tenant_id = ${tx.tenantId}
     group by w.webhook_id
     order by w.created_time, w.webhook_id`.execute(tx.over());
  return rows.map((row) => ({
    webhookId: row.webhook_id,
    url: row.url,
    eventTypes: row.event_types,
    isEnabled: row.is_enabled,
    disabledReason: row.disabled_reason,
    failingSince:
      row.failing_since === null ? null : iso8601Schema.parse(row.failing_since.toISOString()),
    queued: Number(row.queued),
    failed: Number(row.failed),
    lastFailure: row.last_failure,
  }));
}

async function insert(
  tx: Transaction,
  asked: { url: string; eventTypes: readonly string[]; secret: string; sealed: string },
  by: Actor,
): Promise<{ webhookId: string; secret: string }> {
  if ((await readWebhooks(tx)).length >= webhooksMax) {
    throw new Refusal("webhook.too_many", `A company has at most ${webhooksMax} webhooks.`);
  }
  const { url, eventTypes, secret, sealed } = asked;
  const made = { webhookId: crypto.randomUUID(), secret };
  await sql`
    insert into platform.webhook (tenant_id, webhook_id, url, event_types, secret, from_position)
    values (${tx.tenantId}, ${made.webhookId}, ${url}, ${[...eventTypes]},
            ${sealed}, platform.last_position())`.execute(tx.over());
  const after = { url, eventTypes, isEnabled: true, secret };
  const which = { objectType: "webhook", objectId: made.webhookId, label: url };
  recordChange(tx, { ...which, before: null, after, by });
  return made;
}

/** @throws Refusal webhook.unknown */
async function change(
  tx: Transaction,
  webhookId: string,
  command: WebhookCommand,
  by: Actor,
): Promise<void> {
  const found = (await readWebhooks(tx)).find((webhook) => webhook.webhookId === webhookId);
  if (found === undefined) {
    throw new Refusal("webhook.unknown", "There is no such webhook.", { kind: "absent" });
  }
  const isEnabled = command === "enable";
  const which = { objectType: "webhook", objectId: webhookId, label: found.url };
  const before = { url: found.url, isEnabled: found.isEnabled };
  if (command === "remove") {
    await sql`delete from platform.webhook where webhook_id = ${webhookId}`.execute(tx.over());
    recordChange(tx, { ...which, before, after: null, by });
    return;
  }
  await sql`
    update platform.webhook
       set is_enabled = ${isEnabled}, disabled_reason = null, failing_since = null,
           -- Nobody noted for it what happened while it was off.
           from_position = case when ${isEnabled} and not is_enabled
                                then platform.last_position() else from_position end
     where webhook_id = ${webhookId}`.execute(tx.over());
  recordChange(tx, { ...which, before, after: { ...before, isEnabled }, by });
}

// Each event is looked at for each of them.
const webhooksMax = 50;

function may(action: "read" | "create" | { param: string }): Permission {
  return { objectType: "webhook", action, on: "any" };
}
