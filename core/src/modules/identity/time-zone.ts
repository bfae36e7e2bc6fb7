import { Refusal } from "../../platform/errors.ts";

/** @throws Refusal time_zone.unknown */
export function refuseUnknownTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw new Refusal("time_zone.unknown", `There is no time zone ${timeZone}.`, {
      kind: "invalid",
    });
  }
}
