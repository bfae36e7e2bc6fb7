import { type EventKey, eventSchemas } from "@millwright/contracts/events";
import { sql } from "kysely";

import type { Subscription } from "../events/subscription.ts";
import { deliveredDays } from "../outbox/forget-settled.ts";

/**
 * Queues each event for the webhooks of its company that asked for its type. The key of a delivery is
 * (webhook, position): handled again it is the same delivery, so this may be replayed. A webhook hears
 * of what happens from the moment it is made or switched on; where nobody has one, no event is read.
 */
export function webhookDeliveries(): Subscription {
  return {
    name: "platform.webhooks",
    keys: Object.keys(eventSchemas) as EventKey[],
    askedTypes: sql`platform.webhook_types()`,
    isReplayable: true,
    handle: async (tx, events) => {
      await sql`
        insert into platform.webhook_delivery (tenant_id, webhook_id, position)
        select w.tenant_id, w.webhook_id, e.position
          from unnest(${events.map(({ position }) => position)}::bigint[],
                      ${events.map(({ type }) => type)}::text[],
                      ${events.map(({ recordedTime }) => recordedTime)}::timestamptz[])
                 as e (position, type, recorded_time)
          join platform.webhook w on e.type = any (w.event_types)
         where w.tenant_id = ${tx.tenantId}
           and w.is_enabled
           and e.position > w.from_position
           and e.recorded_time > now() - ${deliveredDays} * interval '1 day'
        on conflict do nothing`.execute(tx.over());
    },
  };
}
