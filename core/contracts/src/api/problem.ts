import { z } from "@hono/zod-openapi";

import { sortsOf } from "../states/sorts.ts";

/** problem+json (RFC 9457) with a stable `code` that programs may rely on. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string().openapi({ example: "work_order.transition_refused" }),
    detail: z.string(),
    /** For refusals of a transition: where the thing is, what was asked, what would be allowed. */
    current: z.string().optional(),
    asked: z.string().optional(),
    allowed: z.array(z.string()).optional(),
    /** For invalid input: one entry per bad field. */
    fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof problemSchema>;

const problemContent = { "application/problem+json": { schema: problemSchema } };

/** The answers every route may give beside its own. */
export const problemResponses = {
  400: { description: "The request is not valid", content: problemContent },
  401: { description: "Not signed in", content: problemContent },
  403: { description: "Signed in, but not allowed", content: problemContent },
  404: { description: "No such thing", content: problemContent },
  409: { description: "Refused by a rule", content: problemContent },
  412: { description: "Changed since it was read (If-Match)", content: problemContent },
  429: { description: "Too many of these; see Retry-After", content: problemContent },
  503: { description: "A part we need is not there", content: problemContent },
} as const;

/** A JSON body or answer of one schema. */
export function json<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { "application/json": { schema } } } as const;
}

const noControls = [/^\P{Cc}*$/u, "text has no control characters"] as const;

/** One line that a person typed: trimmed, without control characters (PostgreSQL takes no NUL). */
export function text(lengthMax: number) {
  return z
    .string()
    .trim()
    .max(lengthMax)
    .regex(...noControls);
}

/** Text that must say something. */
export function requiredText(lengthMax: number) {
  return text(lengthMax).min(1, "must not be empty");
}

/** Text of several lines. */
export function note(lengthMax: number) {
  return z
    .string()
    .trim()
    .max(lengthMax)
    .regex(/^[\P{Cc}\t\r\n]*$/u, noControls[1]);
}

/** A name that a device gave: as it is, because another one would be another metric. */
export function deviceText(lengthMax: number) {
  return z
    .string()
    .max(lengthMax)
    .regex(...noControls);
}

/** A page of a list: at most `limit` rows and the cursor of the next page, or null at the end. */
export function pageOf<S extends z.ZodType>(row: S) {
  return z.object({ rows: z.array(row), nextCursor: z.string().nullable() });
}

/** A list that is short by nature, in one answer. */
export function rowsOf<S extends z.ZodType>(row: S) {
  return z.object({ rows: z.array(row) });
}

export const pageQuerySchema = z.object({
  // Long enough for the longest text that a list is sorted by.
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Sorted by one of its fields; left out: in the list's own order. */
export function sortedBy<const Field extends string>(fields: readonly Field[]) {
  return { sort: z.enum(sortsOf(fields)).optional() };
}

/** Every POST may carry one: the same key answers the same for 24 h and acts once. */
export const idempotencyHeaderSchema = z.object({
  "idempotency-key": z.string().min(8).max(200).optional(),
});

/** The ETag that was read: the edit is refused (412) when somebody else saved in between. */
export const ifMatchHeaderSchema = z.object({ "if-match": z.string().min(1).max(100) });
