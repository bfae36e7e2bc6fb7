import { useTranslations } from "use-intl";

import { useFormat } from "../../ui/use-format.ts";

/** Who changed it last and when; nothing for what nobody ever changed. */
export function LastChange({ by, time }: { by: string | null; time: string | null }) {
  const t = useTranslations();
  const format = useFormat();
  if (by === null || time === null) return <span className="hint">{t("settings.never")}</span>;
  return (
    <span className="hint">
      {t("settings.changed", {
        by,
        time: format.siteTime(time, "minute"),
        date: format.siteTime(time, "date"),
      })}
    </span>
  );
}
