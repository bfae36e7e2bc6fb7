import type { Plan } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { isOnTheWay } from "../../api/planning-queries.ts";

/** Where a plan stands: its state, how far it is, and whether it is the one that counts. */
export function PlanState({ plan }: { plan: Plan }) {
  const t = useTranslations();
  const { done, total } = plan.progress;
  return (
    <span className="plan-state">
      {t(`planning.planState.${plan.state}`)}
      {plan.isCurrent && <b> · {t("planning.current")}</b>}
      {plan.isWhatIf && ` · ${t("planning.whatIf")}`}
      {isOnTheWay(plan) && (
        <progress aria-label={t("planning.progress")} max={Math.max(total, 1)} value={done} />
      )}
    </span>
  );
}
