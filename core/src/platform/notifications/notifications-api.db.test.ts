import type { NotificationList } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { raiseAlert } from "./raise-alert.ts";

const { plant } = await plantOfFile();

test("lists alerts; a program cannot have read one", async () => {
  await plant.worker.db.inTenant(plant.tenantId, (tx) =>
    raiseAlert(tx, { kind: "job_failed", key: "job_failed:1", details: { job: "test.report" } }),
  );
  const list = await plant.get<NotificationList>("/api/notifications");
  expect(list).toMatchObject({ unread: 1, rows: [{ kind: "job_failed", isRead: false }] });
  expect(await plant.call("POST", "/api/notifications/all/read", {})).toMatchObject({
    body: { code: "notification.person_needed" },
  });
});

test("keeps who is mailed, and refuses what is no address", async () => {
  const path = "/api/admin/alert-recipients";
  const addresses = ["b@example.com", "a@example.com"];
  expect(await plant.call("PUT", path, { addresses })).toMatchObject({ status: 200 });
  expect(await plant.get(path)).toEqual({ addresses: ["a@example.com", "b@example.com"] });
  expect((await plant.call("PUT", path, { addresses: ["nobody"] })).status).toBe(400);
  const many = Array.from({ length: 21 }, (_, index) => `p${index}@example.com`);
  expect((await plant.call("PUT", path, { addresses: many })).status).toBe(400);
});
