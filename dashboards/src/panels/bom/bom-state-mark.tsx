import type { BomState } from "@millwright/contracts/states/engineering";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../../ui/icon.tsx";

/** The state of a revision as icon and word. */
export function BomStateMark({ state }: { state: BomState }) {
  const t = useTranslations();
  return (
    <span className="order-mark" data-state={state === "approved" ? "in_progress" : "draft"}>
      <Icon name={icons[state]} size={16} /> {t(`bomState.${state}`)}
    </span>
  );
}

const icons = {
  draft: "empty",
  approved: "check",
  rejected: "close",
} as const satisfies Record<BomState, IconName>;
