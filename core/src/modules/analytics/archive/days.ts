/** The day of UTC (YYYY-MM-DD) so many days before the day of `now`. */
export function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10);
}
