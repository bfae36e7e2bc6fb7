import type { Attachment, StoredItem } from "@millwright/contracts/api";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";

import { makeLine } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();
let item: StoredItem;

beforeAll(async () => {
  item = (await makeLine(plant, ["Mill"])).item as StoredItem;
});

const pdf = new TextEncoder().encode("%PDF-1.7\n% drawing of a bracket");
const svg = new TextEncoder().encode("<svg><script>alert(1)</script></svg>");

test("a drawing of a step is kept bit by bit, listed, and shown in a sandbox", async () => {
  const { status, body } = await upload("Bracket 7/A Übersicht.pdf", pdf, { step: 10 });
  expect(status).toBe(201);
  const attached = body as Attachment;
  expect(attached).toMatchObject({ step: 10, mediaType: "application/pdf", bytes: pdf.length });
  expect(await list()).toMatchObject([{ attachmentId: attached.attachmentId }]);

  const file = await download(attached.attachmentId);
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(pdf);
  expect(Object.fromEntries(file.headers)).toMatchObject({
    "content-type": "application/pdf",
    "content-disposition": "inline; filename*=UTF-8''Bracket%207%2FA%20%C3%9Cbersicht.pdf",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
  });
});

test("what could run as a page is only downloaded, whatever its name and declared type", async () => {
  const { body } = await upload("harmless.png", svg, { type: "image/png" });
  const file = await download((body as Attachment).attachmentId);
  expect(file.headers.get("content-type")).toBe("image/svg+xml");
  expect(file.headers.get("content-disposition")).toMatch(/^attachment;/);
});

test("what is no drawing, too large, of no step or of a taken name is refused by name", async () => {
  await upload("taken.pdf", pdf);
  const big = new Uint8Array(10_485_761);
  big.set(pdf);
  const cases = [
    [await upload("page.pdf", new TextEncoder().encode("<html>")), "attachment.type_refused"],
    [await upload("empty.pdf", new Uint8Array()), "attachment.type_refused"],
    [await upload("big.pdf", big), "attachment.too_large"],
    [await upload("step.pdf", pdf, { step: 77 }), "attachment.step_unknown"],
    [await upload("taken.pdf", pdf), "attachment.name_taken"],
    [await upload("x.pdf", pdf, { itemId: crypto.randomUUID() }), "item.unknown"],
  ] as const;
  for (const [answer, code] of cases) expect(answer).toMatchObject({ body: { code } });
  const names = (await list()).map(({ name }) => name);
  expect(names.filter((name) => name === "taken.pdf")).toHaveLength(1);
  expect(names).not.toContain("big.pdf");
});

test("a removed one is gone, and the audit trail has both ends with the digest", async () => {
  const { body } = await upload("old.pdf", pdf);
  const { attachmentId, sha256 } = body as Attachment;
  expect(await plant.call("DELETE", `/api/attachments/${attachmentId}`)).toMatchObject({
    status: 200,
  });
  expect((await download(attachmentId)).status).toBe(404);
  const changes = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ payload: { changes: { field: string }[] } }>`
      select payload
        from platform.event
       where stream = ${`attachment:${attachmentId}`}
       order by position`.execute(tx.over());
    return rows.map(({ payload }) => payload.changes.find(({ field }) => field === "sha256"));
  });
  expect(changes).toMatchObject([
    { before: null, after: sha256 },
    { before: sha256, after: null },
  ]);
});

test("another company sees none of it", async () => {
  const other = tenantIdSchema.parse(crypto.randomUUID());
  const seen = await plant.core.db.inTenant(other, async (tx) => {
    const { rows } = await sql`select from engineering.attachment`.execute(tx.over());
    return rows.length;
  });
  expect(seen).toBe(0);
  expect((await list()).length).toBeGreaterThan(0);
});

async function upload(
  name: string,
  content: Uint8Array<ArrayBuffer>,
  asked: { step?: number; type?: string; itemId?: string } = {},
) {
  const query = new URLSearchParams({ name, ...(asked.step && { step: String(asked.step) }) });
  const path = `/api/items/${asked.itemId ?? item.itemId}/attachments?${query.toString()}`;
  const response = await plant.app.api.request(path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${database.apiKey}`,
      "content-type": asked.type ?? "application/octet-stream",
    },
    body: content,
  });
  return { status: response.status, body: await response.json() };
}

async function list() {
  const path = `/api/items/${item.itemId}/attachments`;
  return (await plant.get<{ rows: Attachment[] }>(path)).rows;
}

async function download(attachmentId: string) {
  return plant.app.api.request(`/api/attachments/${attachmentId}`, {
    headers: { authorization: `Bearer ${database.apiKey}` },
  });
}
