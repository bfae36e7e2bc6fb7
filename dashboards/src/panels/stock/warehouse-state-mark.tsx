import type { CountState, TransferState } from "@millwright/contracts/states/warehouse";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "../../ui/icon.tsx";

export function TransferStateMark({ state }: { state: TransferState }) {
  const t = useTranslations();
  return (
    <span className="order-mark" data-state={looks[state]}>
      <Icon name={icons[state]} size={16} /> {t(`transferState.${state}`)}
    </span>
  );
}

export function CountStateMark({ state }: { state: CountState }) {
  const t = useTranslations();
  return (
    <span className="order-mark" data-state={looks[state]}>
      <Icon name={icons[state]} size={16} /> {t(`countState.${state}`)}
    </span>
  );
}

const icons = {
  draft: "empty",
  released: "chevron",
  in_transit: "transfer",
  partly_received: "half",
  received: "check",
  cancelled: "close",
  open: "empty",
  counted: "half",
  posted: "check",
} as const satisfies Record<TransferState | CountState, IconName>;

/** Colours of work orders that mean the same: waiting, under way, needs somebody. */
const looks = {
  draft: "draft",
  released: "released",
  in_transit: "in_progress",
  partly_received: "on_hold",
  received: "closed",
  cancelled: "cancelled",
  open: "released",
  counted: "on_hold",
  posted: "closed",
} as const satisfies Record<TransferState | CountState, string>;
