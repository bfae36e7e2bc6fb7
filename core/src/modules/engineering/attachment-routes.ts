import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  addAttachment as addAttachmentRoute,
  type AttachmentType,
  listAttachments,
  readAttachment as readAttachmentRoute,
  removeAttachment as removeAttachmentRoute,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import {
  addAttachment,
  readAttachmentFile,
  readAttachmentsOf,
  removeAttachment,
} from "./attachments.ts";
import type { EngineeringDeps } from "./deps.ts";

const may = (action: "read" | "change") => ({ objectType: "item", action, on: "any" }) as const;

/** Drawings and documents of items. Who may change an item may attach to it. */
export function attachmentRoutes({ platform, requests }: EngineeringDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listAttachments, may("read")), async (c) => {
      const { itemId } = c.req.valid("param");
      const rows = await requests.transaction(c, (tx) => readAttachmentsOf(tx, itemId));
      return c.json({ rows }, 200);
    })
    .openapi(guarded(addAttachmentRoute, may("change")), async (c) => {
      const { itemId } = c.req.valid("param");
      const { name, step = null } = c.req.valid("query");
      const content = new Uint8Array(await c.req.arrayBuffer());
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
      const file = { content, digest };
      const attachmentId = newId(platform);
      const attached = await requests.act(c, { name, step, digest: [...digest] }, (tx, caller) =>
        addAttachment(
          tx,
          { attachmentId, itemId, step, name, ...file },
          { actor: caller.actor, name: caller.name, now: platform.clock.now() },
        ),
      );
      return c.json(attached, 201);
    })
    .openapi(guarded(readAttachmentRoute, may("read")), async (c) => {
      const { attachmentId } = c.req.valid("param");
      const { attachment, content } = await requests.transaction(c, (tx) =>
        readAttachmentFile(tx, attachmentId),
      );
      const shows = isShown[attachment.mediaType] ? "inline" : "attachment";
      return c.body(content, 200, {
        "Content-Type": attachment.mediaType,
        "Content-Disposition": `${shows}; filename*=UTF-8''${encoded(attachment.name)}`,
        // Whatever the file holds, it runs nothing and reads nothing of ours.
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
      });
    })
    .openapi(guarded(removeAttachmentRoute, may("change")), async (c) => {
      const { attachmentId } = c.req.valid("param");
      const removed = await requests.transaction(c, (tx, { actor }) =>
        removeAttachment(tx, attachmentId, actor),
      );
      return c.json(removed, 200);
    });
}

/** What browsers show without running it: an SVG may hold scripts. */
const isShown = {
  "application/pdf": true,
  "image/png": true,
  "image/jpeg": true,
  "image/svg+xml": false,
  "model/step": false,
} as const satisfies Record<AttachmentType, boolean>;

/** RFC 8187, 3.2.1: of what `encodeURIComponent` leaves, these are no attr-char. */
function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
