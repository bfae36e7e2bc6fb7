import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  json,
  problemResponses,
  requiredText,
  rowsOf,
} from "./problem.ts";

const idSchema = z.uuid().toLowerCase();

/** 10 MiB: drawings of a part; models of whole machines belong in the system that made them. */
export const attachmentBytesMax = 10_485_760;

/** What is taken in; it is told by the content, never by what the sender says. */
export const attachmentTypes = [
  "application/pdf",
  "image/png",
  "image/jpeg",
  "image/svg+xml",
  "model/step",
] as const;
export type AttachmentType = (typeof attachmentTypes)[number];

export const attachmentSchema = z
  .object({
    attachmentId: z.uuid(),
    itemId: z.uuid(),
    /** Of the routing, as people number it; null: it is about the item as such. */
    step: z.number().int().nullable(),
    name: z.string(),
    mediaType: z.enum(attachmentTypes),
    bytes: z.number().int(),
    /** In hex. */
    sha256: z.string(),
    createdBy: z.string(),
    createdTime: iso8601Schema,
  })
  .openapi("Attachment");
export type Attachment = z.infer<typeof attachmentSchema>;

const itemParams = z.object({ itemId: idSchema });
const attachmentParams = z.object({ attachmentId: idSchema });
const file = z.string().openapi({ format: "binary" });

export const listAttachments = createRoute({
  method: "get",
  path: "/api/items/{itemId}/attachments",
  tags: ["engineering"],
  request: { params: itemParams },
  responses: { 200: json(rowsOf(attachmentSchema), "By step and name"), ...problemResponses },
});

/** @throws attachment.type_refused · attachment.too_large · attachment.name_taken · attachment.too_many */
export const addAttachment = createRoute({
  method: "post",
  path: "/api/items/{itemId}/attachments",
  tags: ["engineering"],
  request: {
    params: itemParams,
    headers: idempotencyHeaderSchema,
    query: z.object({
      name: requiredText(200),
      step: z.coerce.number().int().min(1).max(1_000_000).optional(),
    }),
    body: {
      required: true,
      description: "PDF, PNG, JPEG, SVG or STEP, at most 10 MiB.",
      content: { "application/octet-stream": { schema: file } },
    },
  },
  responses: { 201: json(attachmentSchema, "Attached"), ...problemResponses },
});

/** PDF and pictures to look at in a sandbox; what could run as a page (SVG) only to keep. */
export const readAttachment = createRoute({
  method: "get",
  path: "/api/attachments/{attachmentId}",
  tags: ["engineering"],
  request: { params: attachmentParams },
  responses: {
    200: { description: "The file", content: { "application/octet-stream": { schema: file } } },
    ...problemResponses,
  },
});

export const removeAttachment = createRoute({
  method: "delete",
  path: "/api/attachments/{attachmentId}",
  tags: ["engineering"],
  request: { params: attachmentParams },
  responses: { 200: json(attachmentSchema, "What it was"), ...problemResponses },
});
