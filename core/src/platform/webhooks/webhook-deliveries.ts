import { type EventKey, eventSchemas } from "@millwright/contracts/events";
import { sql } from "kysely";

import type { Subscription } from "../events/subscription.ts";

/**
 * Queues each event for the webhooks of its company that asked for its type. The key of a delivery is
 * (webhook, position): handled again it is the same delivery, so this may be replayed.
 */
export function webhookDeliveries(): Subscription {
  return {
    name: "platform.webhooks",
    keys: Object.keys(eventSchemas) as EventKey[],
    isReplayable: true,
    handle: async (tx, events) => {
      await sql`
        insert into platform.webhook_delivery (tenant_id, webhook_id, position)
        select w.tenant_id, w.webhook_id, e.position
          from unnest(${events.map(({ position }) => position)}::bigint[],
                      ${events.map(({ type }) => type)}::text[]) as e (position, type)
          join platform.webhook w on e.type = any (w.event_types)
         where w.tenant_id = ${tx.tenantId}
           and w.is_enabled
        on conflict do nothing`.execute(tx.over());
    },
  };
}
