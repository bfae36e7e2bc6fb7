import { sql } from "kysely";
import { expect, test } from "vitest";

import { openRecordingPlant } from "../events/recording.fixture.ts";
import { markRead, readNotifications, readRecipients, saveRecipients } from "./notifications.ts";
import { raiseAlert } from "./raise-alert.ts";

const mei = "00000000-0000-4000-8000-000000000001";
const omar = "00000000-0000-4000-8000-000000000002";

test("an alert is raised and mailed once, and each person reads it for himself", async () => {
  await using plant = await openRecordingPlant();
  const alert = {
    kind: "saga_stuck",
    key: "saga_stuck:1:0",
    details: { reason: "no dock" },
  } as const;
  await plant.inTenant((tx) => saveRecipients(tx, ["b@example.com", "a@example.com"]));
  expect(await plant.inTenant(readRecipients)).toEqual(["a@example.com", "b@example.com"]);
  for (let n = 0; n < 3; n += 1) await plant.inTenant((tx) => raiseAlert(tx, alert));

  const seen = (userId: string) => plant.inTenant((tx) => readNotifications(tx, userId, 10));
  const { rows, unread } = await seen(mei);
  expect(rows).toMatchObject([
    { kind: "saga_stuck", details: { reason: "no dock" }, isRead: false },
  ]);
  expect(unread).toBe(1);
  const mails = await plant.inTenant((tx) =>
    sql<{ recipient: string; text: string }>`
      select recipient, text from platform.mail order by recipient`.execute(tx.over()),
  );
  expect(mails.rows.map(({ recipient }) => recipient)).toEqual(["a@example.com", "b@example.com"]);
  expect(mails.rows[0]?.text).toContain("no dock");

  const id = rows[0]?.notificationId ?? "";
  for (let n = 0; n < 2; n += 1) await plant.inTenant((tx) => markRead(tx, mei, id));
  expect((await seen(mei)).unread).toBe(0);
  expect((await seen(omar)).unread).toBe(1);
  await plant.inTenant((tx) => markRead(tx, omar, null));
  expect((await seen(omar)).unread).toBe(0);
  await expect(plant.inTenant((tx) => markRead(tx, mei, mei))).rejects.toThrow(/no such/);
});
