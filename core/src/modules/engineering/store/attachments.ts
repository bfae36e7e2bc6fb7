import type { AttachmentType } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

export type StoredAttachment = {
  attachmentId: string;
  itemId: string;
  step: number | null;
  name: string;
  mediaType: AttachmentType;
  bytes: number;
  sha256: string;
  createdBy: string;
  createdTime: Date;
};

const columns = sql`
  attachment_id as "attachmentId", item_id as "itemId", step, name, media_type as "mediaType",
  length(content) as bytes, encode(sha256, 'hex') as sha256, created_by as "createdBy",
  created_time as "createdTime"`;

/** Of an item, by step and name; or the one asked for. */
export async function readAttachments(
  tx: Transaction,
  asked: { itemId: string } | { attachmentId: string },
): Promise<StoredAttachment[]> {
  const which =
    "itemId" in asked ? sql`item_id = ${asked.itemId}` : sql`attachment_id = ${asked.attachmentId}`;
  const { rows } = await sql<StoredAttachment>`
    select ${columns}
      from engineering.attachment
     where tenant_id = ${tx.tenantId}
       and ${which}
     order by step nulls first, name`.execute(tx.over());
  return rows;
}

export async function readContent(tx: Transaction, attachmentId: string) {
  const { rows } = await sql<{ content: Uint8Array<ArrayBuffer> }>`
    select content
      from engineering.attachment
     where tenant_id = ${tx.tenantId}
       and attachment_id = ${attachmentId}`.execute(tx.over());
  return rows[0]?.content ?? null;
}

/** False when the item has one of this name at this step. */
export async function insertAttachment(
  tx: Transaction,
  attachment: Omit<StoredAttachment, "bytes" | "sha256"> & {
    content: Uint8Array;
    digest: Uint8Array;
  },
): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.attachment
      (tenant_id, attachment_id, item_id, step, name, media_type, content, sha256, created_by,
       created_time)
    values (${tx.tenantId}, ${attachment.attachmentId}, ${attachment.itemId}, ${attachment.step},
            ${attachment.name}, ${attachment.mediaType}, ${attachment.content}, ${attachment.digest},
            ${attachment.createdBy}, ${attachment.createdTime})
    on conflict (tenant_id, item_id, step, name) do nothing
    returning attachment_id`.execute(tx.over());
  return rows.length === 1;
}

/** False when it is gone already. */
export async function deleteAttachment(tx: Transaction, attachmentId: string): Promise<boolean> {
  const { rows } = await sql`
    delete from engineering.attachment
     where tenant_id = ${tx.tenantId}
       and attachment_id = ${attachmentId}
    returning attachment_id`.execute(tx.over());
  return rows.length === 1;
}
