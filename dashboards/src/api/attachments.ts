import type { Attachment, Problem } from "@millwright/contracts/api";
import { queryOptions } from "@tanstack/react-query";

import { getJson, ProblemError, UnreachableError } from "./client.ts";

/** Drawings and documents of an item and of the steps of its routing. */
export function attachmentsQuery(itemId: string) {
  return queryOptions({
    queryKey: ["attachments", itemId],
    queryFn: ({ signal }) =>
      getJson<{ rows: Attachment[] }>(`/api/items/${itemId}/attachments`, signal),
  });
}

/** Where a browser shows or keeps the file. */
export function attachmentPath(attachmentId: string): string {
  return `/api/attachments/${attachmentId}`;
}

/**
 * Attaches a file under its own name.
 * @throws ProblemError @throws UnreachableError
 */
export async function sendAttachment(
  asked: { itemId: string; step: number | null; file: File },
  key: string,
): Promise<Attachment> {
  const { itemId, step, file } = asked;
  const query = new URLSearchParams({ name: file.name, ...(step !== null && { step: `${step}` }) });
  const response = await fetch(`/api/items/${itemId}/attachments?${query.toString()}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "idempotency-key": key },
    body: file,
    signal: AbortSignal.timeout(answerMsMax),
  }).catch((cause: unknown) => {
    throw new UnreachableError("no answer", { cause });
  });
  const answer = (await response.json()) as Attachment | Problem;
  if (!response.ok) throw new ProblemError(answer as Problem);
  return answer as Attachment;
}

/** 10 MiB over a plant's wireless network. */
const answerMsMax = 60_000;
