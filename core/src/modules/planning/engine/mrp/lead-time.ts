import { workingDaysBefore } from "./calendar.ts";
import { everyDay, supplyKinds } from "./input.ts";
import type { MrpPlan } from "./plan.ts";

const phantom = supplyKinds.indexOf("phantom");

/** What a point takes to be supplied; a phantom takes no time. */
export type LeadTerms = {
  readonly calendar: number;
  readonly leadDays: number;
  readonly safetyLeadDays: number;
};

export function leadTerms({ input }: MrpPlan, point: number): LeadTerms {
  const { points } = input;
  const takesTime = points.kind[point] !== phantom;
  return {
    calendar: points.calendar[point] ?? everyDay,
    leadDays: takesTime ? (points.leadDays[point] ?? 0) : 0,
    safetyLeadDays: takesTime ? (points.safetyLeadDays[point] ?? 0) : 0,
  };
}

/** Working days of a calendar, or days where every day counts. */
export function daysBefore(
  { structure }: MrpPlan,
  calendar: number,
  { day, days }: { day: number; days: number },
): number {
  const indexed = calendar === everyDay ? undefined : structure.calendars[calendar];
  return indexed === undefined ? day - days : workingDaysBefore(indexed, day, days);
}
