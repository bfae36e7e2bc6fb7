import type {
  bindingInputSchema,
  currentOperationSchema,
  draftWorkOrderSchema,
  edgeNodeSchema,
  equipmentSchema,
  registerEdgeNode,
  stateIntervalSchema,
} from "@millwright/contracts/api";

import type { Answer, Input, Output } from "./contract-types.ts";

export type CurrentOperation = Output<typeof currentOperationSchema>;
export type Equipment = Output<typeof equipmentSchema>;
export type EdgeNode = Output<typeof edgeNodeSchema>;
export type StateInterval = Output<typeof stateIntervalSchema>;
export type BindingInput = Input<typeof bindingInputSchema>;
export type DraftWorkOrder = Input<typeof draftWorkOrderSchema>;

/** What a gateway signs in with; the server shows the token once. */
export type Registration = Answer<typeof registerEdgeNode, 201>;
