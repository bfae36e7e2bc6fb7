import type { Ratio } from "@millwright/contracts/api";
import { useMemo } from "react";
import { useLocale, useTimeZone, useTranslations } from "use-intl";

import { serverNow } from "../api/server-clock.ts";
import { formatDay, formatWeekday, siteDay } from "./format/day.ts";
import { formatDuration } from "./format/duration.ts";
import { formatMoney } from "./format/money.ts";
import { formatQuantity } from "./format/quantity.ts";
import { formatRatio } from "./format/ratio.ts";
import { formatSiteTime, type SiteTimeStyle } from "./format/site-time.ts";
import { formatValue } from "./format/value.ts";

/** Formatters of the chosen language and the site's time zone. */
export function useFormat() {
  const t = useTranslations();
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return useMemo(
    () => ({
      timeZone,
      duration: (ms: number) => formatDuration(ms, locale),
      /** A calendar day, `YYYY-MM-DD`: it has no zone. */
      day: (day: string) => formatDay(day, locale),
      /** Today at the site, as `YYYY-MM-DD`. */
      today: () => siteDay(serverNow(), timeZone),
      /** The production day it is now, when the last one that was heard of is this. */
      productionDay: ({ from, to }: { from: string; to: string }) =>
        siteDay(Date.parse(serverNow() < Date.parse(to) ? from : to), timeZone),
      /** The site's day of an instant, as `YYYY-MM-DD`. */
      siteDay: (instant: string) => siteDay(Date.parse(instant), timeZone),
      /** 1 is Monday (ISO 8601). */
      weekday: (weekday: number) => formatWeekday(weekday, locale),
      money: (amount: string) => formatMoney(amount, locale),
      quantity: (quantity: string) => formatQuantity(quantity, locale),
      /** `n/a` when the denominator is 0: never 0 and never 1. */
      ratio: (ratio: Ratio) => formatRatio(ratio, locale) ?? t("value.notApplicable"),
      value: (value: number | string | boolean) => formatValue(value, locale),
      siteTime: (instant: string | number, style: SiteTimeStyle) =>
        formatSiteTime(instant, style, { locale, timeZone }),
    }),
    [locale, timeZone, t],
  );
}
