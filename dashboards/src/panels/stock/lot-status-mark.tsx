import type { LotStatus } from "@millwright/contracts/states/stock";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../../ui/icon.tsx";

/** Quality of a lot as icon, word and colour. */
export function LotStatusMark({ status }: { status: LotStatus }) {
  const t = useTranslations();
  return (
    <span className="lot-mark" data-status={status}>
      <Icon name={icons[status]} size={16} /> {t(`lotStatus.${status}`)}
    </span>
  );
}

const icons = {
  quarantine: "clock",
  released: "check",
  blocked: "close",
} as const satisfies Record<LotStatus, IconName>;
