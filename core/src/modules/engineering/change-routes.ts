import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeCalendar as changeCalendarRoute,
  changeChange,
  commandChange as commandChangeRoute,
  createCalendar as createCalendarRoute,
  createChange,
  getChange,
  getWorkingTime,
  listCalendars,
  listChanges,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { changeCalendar, createCalendar, readWorkingTime } from "./calendars.ts";
import {
  commandChange,
  draftChange,
  editChange,
  readChange,
  readChangePage,
} from "./engineering-change.ts";
import type { EngineeringDeps } from "./deps.ts";
import { readCalendars } from "./store/calendars.ts";
import { today } from "./today.ts";

const mayCalendar = (action: string) => ({ objectType: "calendar", action, on: "any" }) as const;
const may = (action: string) => ({ objectType: "engineering_change", action, on: "any" }) as const;

export function changeRoutes({ platform, requests, identity }: EngineeringDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listChanges, may("read")), async (c) => {
      const { cursor, limit, state } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.uuid])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readChangePage(tx, { before, state, limit }),
      );
      return c.json(
        pageOf(rows, { limit, keyOf: ({ changeId }) => [changeId], show: (row) => row }),
        200,
      );
    })
    .openapi(guarded(createChange, may("draft")), async (c) => {
      const input = c.req.valid("json");
      const changeId = newId(platform);
      const change = await requests.act(c, input, (tx, by) =>
        draftChange(tx, { changeId, input }, by),
      );
      return c.json(change, 201);
    })
    .openapi(guarded(getChange, may("read")), async (c) => {
      const { changeId } = c.req.valid("param");
      const change = await requests.transaction(c, (tx) => readChange(tx, changeId));
      sendVersion(c, change.version);
      return c.json(change, 200);
    })
    .openapi(guarded(changeChange, may("draft")), async (c) => {
      const asked = {
        ...c.req.valid("param"),
        version: versionAsked(c),
        input: c.req.valid("json"),
      };
      const change = await requests.transaction(c, (tx, by) => editChange(tx, asked, by));
      sendVersion(c, change.version);
      return c.json(change, 200);
    })
    .openapi(
      guarded(commandChangeRoute, {
        objectType: "engineering_change",
        action: { param: "command" },
        on: "any",
      }),
      async (c) => {
        const asked = c.req.valid("param");
        const change = await requests.act(c, null, async (tx, by) =>
          commandChange(tx, { ...asked, today: await today(tx, identity) }, by),
        );
        return c.json(change, 200);
      },
    );
}

export function calendarRoutes({ platform, requests, equipment }: EngineeringDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listCalendars, mayCalendar("read")), async (c) =>
      c.json({ rows: await requests.transaction(c, (tx) => readCalendars(tx)) }, 200),
    )
    .openapi(guarded(createCalendarRoute, mayCalendar("change")), async (c) => {
      const input = c.req.valid("json");
      const calendarId = newId(platform);
      const calendar = await requests.act(c, input, (tx, { actor }) =>
        createCalendar(tx, equipment, { calendarId, input }, actor),
      );
      return c.json(calendar, 201);
    })
    .openapi(guarded(changeCalendarRoute, mayCalendar("change")), async (c) => {
      const asked = {
        ...c.req.valid("param"),
        version: versionAsked(c),
        input: c.req.valid("json"),
      };
      const calendar = await requests.transaction(c, (tx, { actor }) =>
        changeCalendar(tx, equipment, asked, actor),
      );
      sendVersion(c, calendar.version);
      return c.json(calendar, 200);
    })
    .openapi(guarded(getWorkingTime, mayCalendar("read")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("query") };
      return c.json(
        { rows: await requests.transaction(c, (tx) => readWorkingTime(tx, asked)) },
        200,
      );
    });
}
