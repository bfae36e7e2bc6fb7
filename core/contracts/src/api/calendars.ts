import { createRoute, z } from "@hono/zod-openapi";

import { daySchema, iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  problemResponses,
  requiredText,
  rowsOf,
} from "./problem.ts";

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time is HH:MM");

/** Times of the site's clock. An end at or before the start lies on the next day. */
const shiftSchema = z.object({
  name: requiredText(50),
  start: clockTime,
  end: clockTime,
  breaks: z
    .array(z.object({ start: clockTime, end: clockTime }))
    .max(10)
    .default([]),
});

export const calendarInputSchema = z
  .object({
    name: requiredText(100),
    /** IANA name. */
    timeZone: requiredText(64),
    /** Shifts by weekday, 1 = Monday to 7 = Sunday (ISO 8601); they may not overlap. */
    weekdays: z
      .array(
        z.object({ weekday: z.number().int().min(1).max(7), shifts: z.array(shiftSchema).max(6) }),
      )
      .max(7),
    /** Days that differ: a holiday has no shifts. */
    exceptions: z
      .array(
        z.object({ day: daySchema, name: requiredText(100), shifts: z.array(shiftSchema).max(6) }),
      )
      .max(2000)
      .default([]),
    /** Work centers that work by it; each has one calendar, or none and then works always. */
    workCenterIds: z.array(z.uuid()).max(1000).default([]),
  })
  .openapi("CalendarInput");
export type CalendarInput = z.infer<typeof calendarInputSchema>;

export const calendarSchema = calendarInputSchema
  .extend({ calendarId: z.uuid(), version: z.number().int() })
  .openapi("Calendar");
export type Calendar = z.infer<typeof calendarSchema>;

const params = z.object({ calendarId: z.uuid().toLowerCase() });

export const listCalendars = createRoute({
  method: "get",
  path: "/api/calendars",
  tags: ["calendars"],
  responses: { 200: json(rowsOf(calendarSchema), "By name, ≤ 200"), ...problemResponses },
});

/** @throws calendar.shifts_overlap · calendar.break_outside_shift · calendar.day_twice · time_zone.unknown */
export const createCalendar = createRoute({
  method: "post",
  path: "/api/calendars",
  tags: ["calendars"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(calendarInputSchema, "The calendar") },
  },
  responses: { 201: json(calendarSchema, "Created"), ...problemResponses },
});

export const changeCalendar = createRoute({
  method: "put",
  path: "/api/calendars/{calendarId}",
  tags: ["calendars"],
  request: {
    params,
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(calendarInputSchema, "As it shall be") },
  },
  responses: { 200: json(calendarSchema, "As changed"), ...problemResponses },
});

export const getWorkingTime = createRoute({
  method: "get",
  path: "/api/calendars/{calendarId}/working-time",
  tags: ["calendars"],
  request: {
    params,
    query: z.object({ from: daySchema, to: daySchema }),
  },
  responses: {
    200: json(
      rowsOf(z.object({ shift: z.string(), from: iso8601Schema, to: iso8601Schema })),
      "Working time in real time, ascending, breaks left out; at most 366 days",
    ),
    ...problemResponses,
  },
});
