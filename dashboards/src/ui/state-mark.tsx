import type {
  MachineState,
  OperationState,
  WorkOrderState,
} from "@millwright/contracts/states/tables";
import { useTranslations } from "use-intl";

import { Icon, type IconName } from "./icon.tsx";

/** Machine state as colour, icon and word: never colour alone. */
export function MachineStateMark({ state }: { state: MachineState }) {
  const t = useTranslations();
  return (
    <span className="state-mark" data-state={state}>
      <Icon name={state} size={16} />
      {t(`machineState.${state}`)}
    </span>
  );
}

export function WorkOrderStateMark({ state }: { state: WorkOrderState }) {
  const t = useTranslations();
  return (
    <span className="order-mark" data-state={state}>
      <Icon name={orderIcons[state]} size={16} />
      {t(`workOrderState.${state}`)}
    </span>
  );
}

export function OperationStateMark({ state }: { state: OperationState }) {
  const t = useTranslations();
  return (
    <span className="order-mark" data-state={state}>
      <Icon name={operationIcons[state]} size={16} />
      {t(`operationState.${state}`)}
    </span>
  );
}

const orderIcons = {
  draft: "empty",
  firmed: "half",
  released: "chevron",
  in_progress: "producing",
  on_hold: "idle",
  completed: "check",
  closed: "check",
  cancelled: "close",
} as const satisfies Record<WorkOrderState, IconName>;

const operationIcons = {
  waiting: "empty",
  ready: "chevron",
  setup: "setup",
  running: "producing",
  paused: "idle",
  done: "check",
  skipped: "close",
  cancelled: "close",
} as const satisfies Record<OperationState, IconName>;
