import { z } from "@hono/zod-openapi";

import { tileSchema } from "./plant.ts";
import { workOrderSummarySchema } from "./work-orders.ts";

/**
 * Messages of the SSE stream `GET /api/live`. Each SSE event's name is `kind`, its data this object
 * as JSON. `Last-Event-ID` resumes ≤ 5 minutes; when that is impossible the first message is
 * `resync` and the client reads its pages again.
 */
export const liveMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tile"), tile: tileSchema }),
  z.object({
    kind: z.literal("values"),
    workUnitId: z.uuid(),
    values: z.array(
      z.object({
        metricId: z.string(),
        /** Epoch milliseconds, source clock. */
        time: z.number(),
        value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
        quality: z.enum(["good", "bad", "stale", "uncertain_time"]),
      }),
    ),
  }),
  z.object({ kind: z.literal("work_order"), workOrder: workOrderSummarySchema }),
  z.object({ kind: z.literal("resync") }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
