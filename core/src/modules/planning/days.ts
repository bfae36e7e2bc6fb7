/** Days of a plan as the engines count them: whole numbers from the plan's first day, which is 0. */
export function dayNumber(day: string, startDay: string): number {
  return Math.round((Date.parse(day) - Date.parse(startDay)) / dayMs);
}

/** The calendar day again, `YYYY-MM-DD`. */
export function dayOf(number: number, startDay: string): string {
  return new Date(Date.parse(startDay) + number * dayMs).toISOString().slice(0, 10);
}

const dayMs = 86_400_000;
