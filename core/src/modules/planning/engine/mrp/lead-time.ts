import { workingDaysBefore } from "./calendar.ts";
import { everyDay } from "./input.ts";
import type { MrpPlan } from "./plan.ts";

/** Working days of a calendar, or days where every day counts. */
export function daysBefore(
  { structure }: MrpPlan,
  calendar: number,
  { day, days }: { day: number; days: number },
): number {
  const indexed = calendar === everyDay ? undefined : structure.calendars[calendar];
  return indexed === undefined ? day - days : workingDaysBefore(indexed, day, days);
}
