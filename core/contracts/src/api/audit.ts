import { createRoute, z } from "@hono/zod-openapi";

import { actorSchema } from "../events/envelope.ts";
import { fieldChangeSchema } from "../events/audit.ts";
import { iso8601Schema } from "../units/index.ts";
import { json, pageOf, pageQuerySchema, problemResponses, text } from "./problem.ts";

/** Who did what to which thing, when and from which device. */
export const auditEntrySchema = z
  .object({
    position: z.string(),
    time: iso8601Schema,
    actor: actorSchema,
    /** `work_order.released`, `record.changed`, … */
    type: z.string(),
    /** The thing it happened to, as its stream names it. */
    objectType: z.string(),
    objectId: z.string(),
    /** How people called it then; null where the event does not say. */
    label: z.string().nullable(),
    /** Before and after of each field, for records that store their state; else null. */
    changes: z.array(fieldChangeSchema).nullable(),
    /** What the event says, without secrets. */
    payload: z.record(z.string(), z.unknown()),
  })
  .openapi("AuditEntry");
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditQuerySchema = pageQuerySchema.extend({
  /** Id or part of the name of who acted. */
  actor: text(100).optional(),
  /** Left out: people and the system; machines report every second. */
  kind: z.enum(["person", "machine", "system"]).optional(),
  objectType: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional(),
  objectId: text(200).optional(),
  type: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9_.]*$/)
    .optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});

export const listAudit = createRoute({
  method: "get",
  path: "/api/admin/audit",
  tags: ["audit"],
  summary: "Who changed what, newest first",
  request: { query: auditQuerySchema },
  responses: { 200: json(pageOf(auditEntrySchema), "Newest first"), ...problemResponses },
});
