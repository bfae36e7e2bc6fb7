import {
  commandParkedEvent,
  listParkedEvents,
  listSubscriptions,
  type ParkedEvent,
  replaySubscription,
} from "@millwright/contracts/api";

import { createApi, type Requests } from "../http/api.ts";
import { cursorPart, pageOf, readCursor } from "../http/paging.ts";
import { guarded, type Permission } from "../http/permission.ts";
import {
  askReplay,
  commandParked,
  readParkedPage,
  readSubscriptions,
} from "./operate-subscription.ts";

/** The board of the event log: who is behind, what is parked, and what a person may do about it. */
export function subscriptionRoutes({ requests }: { requests: Requests }) {
  return createApi()
    .openapi(guarded(listSubscriptions, may("read")), async (c) =>
      c.json({ rows: await requests.transaction(c, (tx) => readSubscriptions(tx)) }, 200),
    )
    .openapi(guarded(listParkedEvents, may("read")), async (c) => {
      const { cursor, limit } = c.req.valid("query");
      const { name: subscription } = c.req.valid("param");
      const after = readCursor(cursor, [cursorPart.position])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readParkedPage(tx, { subscription, after, limit: limit + 1 }),
      );
      const page = { limit, keyOf: (row: ParkedEvent) => [row.position], show: asItIs };
      return c.json(pageOf(rows, page), 200);
    })
    .openapi(guarded(commandParkedEvent, may({ param: "command" })), async (c) => {
      const { name: subscription, position, command } = c.req.valid("param");
      const asked = { subscription, position, command };
      const parked = await requests.act(c, asked, (tx, { actor }) =>
        commandParked(tx, asked, actor),
      );
      return c.json(parked, 200);
    })
    .openapi(guarded(replaySubscription, may("replay")), async (c) => {
      const asked = { subscription: c.req.valid("param").name, ...c.req.valid("json") };
      const state = await requests.act(c, asked, (tx, { actor }) => askReplay(tx, asked, actor));
      return c.json(state, 200);
    });
}

function may(action: "read" | "replay" | { param: string }): Permission {
  return { objectType: "subscription", action, on: "any" };
}

function asItIs(row: ParkedEvent): ParkedEvent {
  return row;
}
