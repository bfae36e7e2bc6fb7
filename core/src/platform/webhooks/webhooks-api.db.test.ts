import type { AuditEntry, Webhook } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";

type List = { rows: Webhook[] };

const { plant } = await plantOfFile();
const path = "/api/admin/webhooks";

test("shows the secret once, switches on and off, removes, and no secret is in the audit trail", async () => {
  const url = "https://erp.example/hook";
  const eventTypes = ["work_order.released"];
  const made = await plant.call("POST", path, { url, eventTypes });
  expect(made.status).toBe(201);
  const { webhookId, secret } = made.body as { webhookId: string; secret: string };
  expect(secret).toMatch(/^whsec_/);
  const listed = await plant.get<List>(path);
  expect(listed.rows).toMatchObject([{ webhookId, url, eventTypes, isEnabled: true, queued: 0 }]);
  expect(JSON.stringify(listed)).not.toContain(secret);

  const command = async (name: string) => plant.post<List>(`${path}/${webhookId}/${name}`);
  expect((await command("disable")).rows[0]?.isEnabled).toBe(false);
  expect((await command("enable")).rows[0]?.isEnabled).toBe(true);
  expect((await command("remove")).rows).toEqual([]);
  expect(await plant.call("POST", `${path}/${webhookId}/enable`, {})).toMatchObject({
    status: 404,
    body: { code: "webhook.unknown" },
  });

  const audit = await plant.get<{ rows: AuditEntry[] }>("/api/admin/audit?objectType=webhook");
  expect(audit.rows).toHaveLength(4);
  expect(JSON.stringify(audit)).not.toContain(secret);
  expect(audit.rows.at(-1)?.changes).toContainEqual({
    field: "secret",
    before: null,
    after: "•••",
  });
});

test.each([
  [{ url: "ftp://erp.example", eventTypes: ["work_order.released"] }],
  [{ url: "not a url", eventTypes: ["work_order.released"] }],
  [{ url: "https://erp.example", eventTypes: [] }],
  [{ url: "https://erp.example", eventTypes: ["drop table"] }],
])("refuses %j", async (asked) => {
  expect((await plant.call("POST", path, asked)).status).toBe(400);
});
