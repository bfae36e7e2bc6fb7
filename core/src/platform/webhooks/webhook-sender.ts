import { tenantIdSchema, type TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";

import { maskSensitive } from "../audit/sensitive-fields.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../db/database.ts";
import { raiseAlert } from "../notifications/raise-alert.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import { backoffMs } from "../outbox/backoff.ts";
import { DueLoop } from "../due-loop.ts";
import type { Seal } from "../seal.ts";
import { NotTaken, postOutside } from "./post-outside.ts";
import { isSealed, sealedAs, signedHeaders } from "./sign.ts";

type Deps = {
  db: Pick<Database, "query" | "inTenant">;
  clock: Clock;
  log: Log;
  metrics: Pick<Metrics, "webhookDeliveries">;
  /** Opens the secrets that core has sealed. */
  seal: Seal;
  /** Whether targets may lie in our own network; for plants whose programs stand beside us. */
  mayBeInside: boolean;
  /** Longest wait for an answer; 15 s unless a test is in a hurry. */
  timeoutMs?: number;
};

/**
 * Delivers what is queued until disposed: ten at a time and five per target, each tried for about three
 * days with growing pauses. A target that took nothing for five days is switched off, with an alert;
 * what is queued for it stays until it is switched on again. A receiver may get a message twice (we
 * died before we noted its yes): it has the same `webhook-id` then.
 */
export function webhookSender(deps: Deps): DueLoop {
  const work = () => sendDueDeliveries(deps);
  return new DueLoop({ name: "webhooks", everyMs: 1000, log: deps.log, work });
}

type Claimed = { tenant_id: string; webhook_id: string; position: string; attempts: number };

/** One round; true when there may be more. */
export async function sendDueDeliveries(deps: Deps): Promise<boolean> {
  const claimed = await deps.db.query(sql<Claimed>`
    select tenant_id, webhook_id, position, attempts
      from platform.claim_webhook_deliveries(
             ${deps.clock.now()}, ${roundMax}, ${perTargetMax}, ${heldSeconds})`);
  await Promise.all(claimed.map((delivery) => sendOne(deps, delivery)));
  return claimed.length === roundMax;
}

async function sendOne(deps: Deps, delivery: Claimed): Promise<void> {
  const tenantId = tenantIdSchema.parse(delivery.tenant_id);
  const message = await readMessage(deps, tenantId, delivery);
  if (message === null) return;
  const { url, body } = message;
  // One id for all attempts, so that the receiver knows what it has had.
  const id = `${delivery.webhook_id}-${delivery.position}`;
  const timeoutMs = deps.timeoutMs ?? answerMsMax;
  try {
    const secret = await openSecret(deps.seal, message.secret);
    const headers = await signedHeaders({ id, body, time: deps.clock.now() }, secret);
    await postOutside(url, { headers, body, timeoutMs, mayBeInside: deps.mayBeInside });
    await noteDelivered(deps, tenantId, delivery);
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    await noteNotTaken(deps, tenantId, delivery, { url, reason: error.message });
  }
}

async function openSecret(seal: Seal, stored: string): Promise<string> {
  if (!isSealed(stored)) return stored;
  const secret = await seal.open(stored, sealedAs);
  if (secret !== null) return secret;
  throw new NotTaken("Its secret cannot be opened: give the worker the SEALING_KEYS of core");
}

async function readMessage(deps: Deps, tenantId: TenantId, { webhook_id, position }: Claimed) {
  const { rows } = await deps.db.inTenant(tenantId, (tx) =>
    sql<{
      url: string;
      secret: string;
      type: string;
      stream: string;
      payload: unknown;
      recorded_time: Date;
    }>`
      select w.url, w.secret, e.type, e.stream, e.payload, e.recorded_time
        from platform.webhook w
        join platform.event e on e.position = ${position} and e.tenant_id = w.tenant_id
       where w.webhook_id = ${webhook_id}`.execute(tx.over()),
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { type, stream, payload, recorded_time: time, url, secret } = row;
  // Standard Webhooks, "Payload structure": type, timestamp, data.
  const data = { stream, position, payload: maskSensitive(payload) };
  return { url, secret, body: JSON.stringify({ type, timestamp: time.toISOString(), data }) };
}

async function noteDelivered(deps: Deps, tenantId: TenantId, { webhook_id, position }: Claimed) {
  deps.metrics.webhookDeliveries.inc({ outcome: "delivered" });
  await deps.db.inTenant(tenantId, async (tx) => {
    await sql`
      update platform.webhook_delivery
         set state = 'delivered', reason = null, settled_time = ${deps.clock.now()}
       where webhook_id = ${webhook_id}
         and position = ${position}
         and state = 'queued'`.execute(tx.over());
    await sql`
      update platform.webhook set failing_since = null
       where webhook_id = ${webhook_id}
         and failing_since is not null`.execute(tx.over());
  });
}

async function noteNotTaken(
  deps: Deps,
  tenantId: TenantId,
  { webhook_id, position, attempts }: Claimed,
  failed: { url: string; reason: string },
): Promise<void> {
  const now = deps.clock.now();
  const reason = failed.reason.slice(0, reasonMax);
  const isOver = attempts >= attemptsMax;
  deps.metrics.webhookDeliveries.inc({ outcome: isOver ? "given_up" : "retried" });
  await deps.db.inTenant(tenantId, async (tx) => {
    await sql`
      update platform.webhook_delivery
         set state = ${isOver ? "failed" : "queued"}, reason = ${reason},
             settled_time = ${isOver ? now : null},
             next_attempt_time = ${new Date(now.getTime() + backoffMs(attempts, pauses))}
       where webhook_id = ${webhook_id}
         and position = ${position}
         and state = 'queued'`.execute(tx.over());
    const { rows } = await sql<{ is_hopeless: boolean }>`
      update platform.webhook
         set failing_since = coalesce(failing_since, ${now})
       where webhook_id = ${webhook_id}
         and is_enabled
      returning failing_since < ${new Date(now.getTime() - hopelessMs)} as is_hopeless`.execute(
      tx.over(),
    );
    if (rows[0]?.is_hopeless !== true) return;
    await sql`
      update platform.webhook set is_enabled = false, disabled_reason = ${reason}
       where webhook_id = ${webhook_id}`.execute(tx.over());
    await raiseAlert(tx, {
      kind: "webhook_disabled",
      key: `webhook_disabled:${webhook_id}:${position}`,
      details: { url: failed.url, reason },
    });
  });
}

const roundMax = 10;
const perTargetMax = 5;
const answerMsMax = 15_000;
// Longer than an attempt can take: nobody else tries meanwhile.
const heldSeconds = 60;
// 1 min doubled to 6 h: the 20th attempt comes after about three days.
const attemptsMax = 20;
const pauses = { firstMs: 60_000, maxMs: 6 * 3_600_000, random: Math.random };
const hopelessMs = 5 * 86_400_000;
const reasonMax = 500;
