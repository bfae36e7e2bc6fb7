import { useLocale, useTranslations } from "use-intl";

import { Field } from "../ui/field.tsx";
import { formatSiteTime } from "../ui/format/site-time.ts";
import { useNow } from "../ui/use-now.ts";

/** A time zone of the tz database, found by typing a part of its name; its clock proves the choice. */
export function TimeZoneField({
  value,
  onChange,
}: {
  value: string;
  onChange: (timeZone: string) => void;
}) {
  const t = useTranslations();
  const locale = useLocale();
  const now = useNow();
  const isKnown = zones.includes(value);
  const hint = isKnown
    ? t("timeZone.now", { time: formatSiteTime(now, "minute", { locale, timeZone: value }) })
    : t("timeZone.hint");
  return (
    <Field label={t("timeZone.label")} hint={hint}>
      {(control) => (
        <>
          <input
            {...control}
            className="input"
            required
            list="time-zones"
            autoComplete="off"
            spellCheck={false}
            ref={(input) => input?.setCustomValidity(isKnown ? "" : t("timeZone.unknown"))}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id="time-zones">
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** Browsers leave UTC out of their list, and some plants run on it. */
const zones = [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])];
