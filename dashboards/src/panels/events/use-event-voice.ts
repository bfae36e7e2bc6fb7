import { bindingRoles, machineStates } from "@millwright/contracts/states/tables";
import { useMemo } from "react";
import { useTranslations } from "use-intl";

import { useFormat } from "../../ui/use-format.ts";
import type { EventVoice } from "./event-words.ts";
import { roleKeys } from "./role-keys.ts";

/** The voice of the chosen language; a code it has no word for is said as it is. */
export function useEventVoice(): EventVoice {
  const t = useTranslations();
  const format = useFormat();
  return useMemo(
    () => ({
      quantity: format.quantity,
      duration: format.duration,
      siteTime: (instant) => format.siteTime(instant, "moment"),
      machineState: (code) => {
        const state = machineStates.find((one) => one === code);
        return state === undefined ? code : t(`machineState.${state}`);
      },
      cause: (code) => {
        const cause = causes.find((one) => one === code);
        return cause === undefined ? code : t(`cause.${cause}`);
      },
      role: (code) => {
        const role = bindingRoles.find((one) => one === code);
        return role === undefined ? code : t(`bindingRole.${roleKeys[role]}`);
      },
    }),
    [t, format],
  );
}

const causes = ["metric", "birth", "death", "silence", "quality"] as const;
