import type { User } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../../ui/icon.tsx";

export function UserStateMark({ state }: { state: User["state"] }) {
  const t = useTranslations();
  return (
    <span className="user-mark" data-state={state}>
      <Icon name={icons[state]} size={16} />
      {t(`userState.${state}`)}
    </span>
  );
}

const icons = {
  invited: "half",
  active: "check",
  locked: "late",
  inactive: "close",
} as const satisfies Record<User["state"], IconName>;
