import { type Attachment, attachmentBytesMax } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { mediaTypeOf } from "./domain/media-type.ts";
import { readItem } from "./queries.ts";
import {
  deleteAttachment,
  insertAttachment,
  readAttachments,
  readContent,
  type StoredAttachment,
} from "./store/attachments.ts";

/** A file as it came, with its digest, which also names the request it came with. */
export type UploadedFile = { content: Uint8Array; digest: Uint8Array };

/** Who attaches, as the attachment remembers it. */
type Author = { actor: Actor; name: string; now: Date };

/**
 * Keeps a file with an item, or with a step of its routing.
 * @throws Refusal attachment.too_large · attachment.type_refused · item.unknown ·
 *   attachment.step_unknown · attachment.too_many · attachment.name_taken
 */
export async function addAttachment(
  tx: Transaction,
  asked: { attachmentId: string; itemId: string; step: number | null; name: string } & UploadedFile,
  by: Author,
): Promise<Attachment> {
  const mediaType = checkFile(asked.content);
  const item = await readItem(tx, asked.itemId);
  if (item === null) throw unknownItem(asked.itemId);
  if (asked.step !== null && !item.operations.some(({ step }) => step === asked.step)) {
    throw new Refusal(
      "attachment.step_unknown",
      `${item.number} has no step ${asked.step}. Add the step first, or attach it to the item.`,
      { kind: "invalid" },
    );
  }
  const kept = await readAttachments(tx, { itemId: asked.itemId });
  if (kept.length >= perItemMax) {
    throw new Refusal(
      "attachment.too_many",
      `${item.number} has ${kept.length} attachments, which is the most. Remove one first.`,
    );
  }
  const row = { ...asked, mediaType, createdBy: by.name, createdTime: by.now };
  if (!(await insertAttachment(tx, row))) {
    throw new Refusal(
      "attachment.name_taken",
      `There is a ${asked.name} here already. Remove it first, or give the new one its revision.`,
    );
  }
  const after = await readAttachment(tx, asked.attachmentId);
  record(tx, { before: null, after }, by.actor);
  return after;
}

/** @throws Refusal attachment.unknown */
export async function removeAttachment(
  tx: Transaction,
  attachmentId: string,
  by: Actor,
): Promise<Attachment> {
  const before = await readAttachment(tx, attachmentId);
  if (!(await deleteAttachment(tx, attachmentId))) throw unknownAttachment(attachmentId);
  record(tx, { before, after: null }, by);
  return before;
}

/** @throws Refusal item.unknown */
export async function readAttachmentsOf(tx: Transaction, itemId: string): Promise<Attachment[]> {
  const rows = await readAttachments(tx, { itemId });
  if (rows.length === 0 && (await readItem(tx, itemId)) === null) throw unknownItem(itemId);
  return rows.map(shown);
}

/** @throws Refusal attachment.unknown */
export async function readAttachmentFile(tx: Transaction, attachmentId: string) {
  const attachment = await readAttachment(tx, attachmentId);
  const content = await readContent(tx, attachmentId);
  if (content === null) throw unknownAttachment(attachmentId);
  return { attachment, content };
}

// More than anybody looks through; 1 GB at most.
const perItemMax = 100;

function checkFile(content: Uint8Array) {
  if (content.length > attachmentBytesMax) {
    throw new Refusal(
      "attachment.too_large",
      `The file has ${(content.length / 1_048_576).toFixed(1)} MiB; at most 10 are kept. Export it smaller.`,
      { kind: "invalid" },
    );
  }
  const mediaType = mediaTypeOf(content);
  if (mediaType !== null) return mediaType;
  throw new Refusal(
    "attachment.type_refused",
    "The file is no PDF, PNG, JPEG, SVG or STEP. Export it as one of them.",
    { kind: "invalid" },
  );
}

async function readAttachment(tx: Transaction, attachmentId: string): Promise<Attachment> {
  const [attachment] = await readAttachments(tx, { attachmentId });
  if (attachment === undefined) throw unknownAttachment(attachmentId);
  return shown(attachment);
}

function record(
  tx: Transaction,
  { before, after }: { before: Attachment | null; after: Attachment | null },
  by: Actor,
): void {
  const one = after ?? before;
  if (one === null) return;
  recordChange(tx, {
    objectType: "attachment",
    objectId: one.attachmentId,
    label: one.name,
    before,
    after,
    by,
  });
}

function shown({ createdTime, ...attachment }: StoredAttachment): Attachment {
  return { ...attachment, createdTime: createdTime.toISOString() };
}

function unknownItem(itemId: string): Refusal {
  return new Refusal("item.unknown", `There is no item ${itemId}.`, { kind: "absent" });
}

function unknownAttachment(attachmentId: string): Refusal {
  return new Refusal("attachment.unknown", `There is no attachment ${attachmentId}.`, {
    kind: "absent",
  });
}
