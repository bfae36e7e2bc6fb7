/** Instants as the clocks of the site show them, whatever the zone of the browser. */
export type SiteTimeStyle = "time" | "minute" | "date" | "day" | "dayMinute" | "moment";

const styles = {
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  minute: { hour: "2-digit", minute: "2-digit" },
  date: { year: "numeric", month: "short", day: "numeric" },
  day: { month: "short", day: "numeric" },
  dayMinute: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  moment: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" },
} as const satisfies Record<SiteTimeStyle, Intl.DateTimeFormatOptions>;

/** `instant`: ISO 8601 or epoch milliseconds. 24-hour clock, as shops write it. */
export function formatSiteTime(
  instant: string | number,
  style: SiteTimeStyle,
  { locale, timeZone }: { locale: string; timeZone: string },
): string {
  return new Intl.DateTimeFormat(locale, { ...styles[style], hourCycle: "h23", timeZone }).format(
    new Date(instant),
  );
}

/**
 * The last second of a calendar day at the site, as an instant: what a due date means.
 * `date`: `YYYY-MM-DD`. Right on days when the clocks change.
 */
export function endOfSiteDay(date: string, timeZone: string): string {
  return new Date(siteInstant(Date.parse(`${date}T23:59:59Z`), timeZone)).toISOString();
}

/** When the site's clock shows what a clock in UTC shows at `clockMs`; both epoch milliseconds. */
export function siteInstant(clockMs: number, timeZone: string): number {
  // The offset at a guess is that of the answer, unless the clocks change in between: look twice.
  const guess = clockMs - offsetMs(clockMs, timeZone);
  return clockMs - offsetMs(guess, timeZone);
}

/** What the site's clock is ahead of UTC at an instant, in milliseconds. */
export function offsetMs(instant: number, timeZone: string): number {
  const name = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(instant)
    .find((part) => part.type === "timeZoneName")?.value;
  // "GMT+05:30"; "GMT" alone is no offset.
  const [, sign = "+", hours = "0", minutes = "0"] = /([+-])(\d+):(\d+)/.exec(name ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
