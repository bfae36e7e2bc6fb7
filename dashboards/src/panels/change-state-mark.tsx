import type { ChangeState } from "@millwright/contracts/states/engineering";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../ui/icon.tsx";

/** The state of an engineering change as icon, word and colour. */
export function ChangeStateMark({ state }: { state: ChangeState }) {
  const t = useTranslations();
  return (
    <span className="order-mark" data-state={looks[state]}>
      <Icon name={icons[state]} size={16} /> {t(`changeState.${state}`)}
    </span>
  );
}

const icons = {
  draft: "empty",
  approved: "half",
  effective: "check",
  rejected: "close",
} as const satisfies Record<ChangeState, IconName>;

const looks = {
  draft: "draft",
  approved: "released",
  effective: "in_progress",
  rejected: "cancelled",
} as const satisfies Record<ChangeState, string>;
