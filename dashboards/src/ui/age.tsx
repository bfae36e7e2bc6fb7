import { useTranslations } from "use-intl";

import { isFresh } from "./format/duration.ts";
import { useFormat } from "./use-format.ts";
import { useNow } from "./use-now.ts";

/**
 * How old a reading is, ticking; without a reading it says so. Past three missed heartbeats it is marked
 * by an exclamation and colour. `isHeld`: the value holds until it changes (report by exception), so
 * its age alone is no silence; its device's age and its quality tell that.
 */
export function DataAge({ time, isHeld = false }: { time: string | null; isHeld?: boolean }) {
  const t = useTranslations();
  const format = useFormat();
  const now = useNow();
  if (time === null) return <span className="age age-none">{t("value.noData")}</span>;
  const ageMs = now - Date.parse(time);
  const fresh = isHeld || isFresh(ageMs);
  return (
    <time
      className={fresh ? "age" : "age age-old"}
      dateTime={time}
      title={format.siteTime(time, "moment")}
    >
      {!fresh && <span aria-hidden="true">! </span>}
      {t("value.ago", { age: format.duration(ageMs) })}
    </time>
  );
}

/** For how long something has been so, ticking. */
export function Lasting({ since }: { since: string }) {
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={since} title={format.siteTime(since, "moment")}>
      {format.duration(now - Date.parse(since))}
    </time>
  );
}
