import type { DowntimeReason } from "@millwright/contracts/api";
import { standardDowntimeReasons } from "@millwright/contracts/states/downtime";
import { useTranslations } from "use-intl";

/** How reasons are called: standard ones in the reader's language, those of the company as it called them. */
export function useReasonWords() {
  const t = useTranslations();
  const nameOf = ({ reasonId, name }: Pick<DowntimeReason, "reasonId" | "name">): string => {
    const standard = standardDowntimeReasons.find((one) => one.reasonId === reasonId);
    // A company may have changed its code or category, or use it no longer: its name is still the standard's.
    return standard?.name === name ? t(`downtime.standard.${standard.code}`) : name;
  };
  /** Of a stop, or of many: what is not known is said as well. */
  const whyOf = (one: { reason: DowntimeReason | null; machineCode: string | null }): string => {
    if (one.reason !== null) return nameOf(one.reason);
    return one.machineCode === null
      ? t("downtime.noReason")
      : t("downtime.notAssigned", { code: one.machineCode });
  };
  return { nameOf, whyOf };
}
