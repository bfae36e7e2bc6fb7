import type {
  bomHeadSchema,
  bomInputSchema,
  calendarInputSchema,
  changeInputSchema,
  compareBoms,
  createItem,
  getBomTree,
  getSetupMatrix,
  getWhereUsed,
  getWorkingTime,
  listCapabilities,
  listUoms,
  replaceInBoms,
  replaceSetupMatrix,
  rollUpCosts,
} from "@millwright/contracts/api";

import type { Answer, Body, Input, Output } from "./contract-types.ts";

export type ItemInput = Body<typeof createItem>;
export type RoutingStepInput = ItemInput["operations"][number];
export type Uoms = Answer<typeof listUoms>;
export type Capability = Answer<typeof listCapabilities>["rows"][number];
export type SetupMatrix = Answer<typeof getSetupMatrix>;
export type SetupMatrixInput = Body<typeof replaceSetupMatrix>;

export type BomHead = Output<typeof bomHeadSchema>;
export type BomInput = Input<typeof bomInputSchema>;
export type BomTree = Answer<typeof getBomTree>;
export type WhereUsed = Answer<typeof getWhereUsed>;
export type BomDifference = Answer<typeof compareBoms>["rows"][number];
export type Replacement = Body<typeof replaceInBoms>;
export type RolledUp = Answer<typeof rollUpCosts>;
export type ReplacedBom = Answer<typeof replaceInBoms>["rows"][number];

export type ChangeInput = Input<typeof changeInputSchema>;
export type CalendarInput = Input<typeof calendarInputSchema>;
export type WorkingTime = Answer<typeof getWorkingTime>["rows"][number];
