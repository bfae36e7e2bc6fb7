import type { EventKey, EventPayload, LoggedEvent } from "@millwright/contracts/events";

import { keyOf, payloadOf } from "../events/log.ts";
import type { Subscription } from "../events/subscription.ts";
import type { Job } from "./define-job.ts";
import type { JobQueues } from "./job-queues.ts";

/**
 * The only way from a use case to a job (decision 5): it emits, and this subscription enqueues under
 * the id `<subscription>-<position>-<tenant>`, in the queue of the database the event is in. A crash between enqueueing and the cursor's commit enqueues the
 * same id again, which does nothing; so one event gives one job. `payload` returns null for events
 * that need no job.
 *
 * It is the one subscription with an effect outside of the database: adding up to 200 ids takes
 * milliseconds and is given up after 10 s, then the cursor stays and the batch is tried again.
 */
export function enqueueOnEvent<K extends EventKey, P>(
  queues: Pick<JobQueues, "of">,
  options: {
    name: string;
    key: K;
    job: Job<P>;
    payload: (payload: EventPayload<K>, event: LoggedEvent) => P | null;
  },
): Subscription {
  const { name, key, job } = options;
  return {
    name,
    keys: [key],
    handle: async ({ tenantId }, events) => {
      const entries = events.flatMap((event) => {
        if (keyOf(event) !== key) return [];
        const payload = options.payload(payloadOf(key, event), event);
        if (payload === null) return [];
        const jobId = `${name}-${event.position}-${tenantId}`;
        return [{ tenantId, payload, jobId, trace: event.trace }];
      });
      // Of one tenant, like the events.
      if (entries.length > 0) await (await queues.of(tenantId)).enqueueAll(job, entries);
    },
  };
}
