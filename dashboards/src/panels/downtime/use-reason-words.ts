import type { DowntimeReason } from "@millwright/contracts/api";
import { standardDowntimeReasons } from "@millwright/contracts/states/downtime";
import { useTranslations } from "use-intl";

/** How reasons are called: standard ones in the reader's language, those of the company as it called them. */
export function useReasonWords() {
  const t = useTranslations();
  const nameOf = (reason: Pick<DowntimeReason, "reasonId" | "name" | "isStandard">): string => {
    const standard = standardDowntimeReasons.find(({ reasonId }) => reasonId === reason.reasonId);
    if (!reason.isStandard || standard === undefined) return reason.name;
    return t(`downtime.standard.${standard.code}`);
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
