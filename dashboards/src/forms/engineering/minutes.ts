/**
 * A length of time as routings are written: minutes and seconds, `2:05`; parts of a second stay,
 * `0:07.5`. Hours are minutes too: `90:00`.
 */
export function formatMinutes(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  const seconds = Math.round(ms - minutes * minuteMs) / 1_000;
  const [whole = "0", part] = String(seconds).split(".");
  return `${minutes}:${whole.padStart(2, "0")}${part === undefined ? "" : `.${part}`}`;
}

/** Milliseconds of `m:ss`, or of plain minutes (`2`, `2.5`); null for anything else. */
export function parseMinutes(text: string): number | null {
  const clock = /^(\d{1,6}):([0-5]?\d(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (clock !== null) {
    const [, minutes = "0", seconds = "0"] = clock;
    return Math.round(Number(minutes) * minuteMs + Number(seconds.replace(",", ".")) * 1_000);
  }
  if (!/^\d{1,6}([.,]\d{1,4})?$/.test(text.trim())) return null;
  return Math.round(Number(text.trim().replace(",", ".")) * minuteMs);
}

const minuteMs = 60_000;
