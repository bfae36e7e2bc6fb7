import type { BindingRole } from "@millwright/contracts/states/tables";

/** Message keys of binding roles: a dot in a key would be a level of the catalogue. */
export const roleKeys = {
  "count.total": "countTotal",
  "count.good": "countGood",
  "count.scrap": "countScrap",
  state: "state",
  "state.reason": "stateReason",
  "energy.total": "energyTotal",
  level: "level",
  weight: "weight",
  scan: "scan",
  process: "process",
} as const satisfies Record<BindingRole, string>;
