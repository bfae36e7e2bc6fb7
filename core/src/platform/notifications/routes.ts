import {
  listAlertRecipients,
  listNotifications,
  readNotification,
  replaceAlertRecipients,
} from "@millwright/contracts/api";

import { recordChange } from "../audit/record-change.ts";
import { Refusal } from "../errors.ts";
import { createApi, type Requests } from "../http/api.ts";
import { guarded, type Permission } from "../http/permission.ts";
import { markRead, readNotifications, readRecipients, saveRecipients } from "./notifications.ts";

/** The notification centre, and who gets alerts by mail. */
export function notificationRoutes({ requests }: { requests: Requests }) {
  return createApi()
    .openapi(guarded(listNotifications, may("read")), async (c) =>
      c.json(
        await requests.transaction(c, (tx, { userId }) => readNotifications(tx, userId, shownMax)),
        200,
      ),
    )
    .openapi(guarded(readNotification, may("read")), async (c) => {
      const { notificationId } = c.req.valid("param");
      const asked = notificationId === "all" ? null : notificationId;
      const list = await requests.transaction(c, async (tx, { userId }) => {
        if (userId === null) {
          throw new Refusal("notification.person_needed", "Only a person can have seen it.");
        }
        await markRead(tx, userId, asked);
        return readNotifications(tx, userId, shownMax);
      });
      return c.json(list, 200);
    })
    .openapi(guarded(listAlertRecipients, may("change_recipients")), async (c) =>
      c.json({ addresses: await requests.transaction(c, readRecipients) }, 200),
    )
    .openapi(guarded(replaceAlertRecipients, may("change_recipients")), async (c) => {
      const { addresses } = c.req.valid("json");
      await requests.transaction(c, async (tx, { actor, tenantId }) => {
        const before = { addresses: await readRecipients(tx) };
        await saveRecipients(tx, addresses);
        const after = { addresses: [...addresses].sort() };
        const which = { objectType: "alert_recipients", objectId: tenantId };
        recordChange(tx, { ...which, before, after, by: actor });
      });
      return c.json({ addresses: [...addresses].sort() }, 200);
    });
}

// Older ones stay in the audit trail; nobody reads further back in a bell.
const shownMax = 100;

function may(action: "read" | "change_recipients"): Permission {
  return { objectType: "notification", action, on: "any" };
}
