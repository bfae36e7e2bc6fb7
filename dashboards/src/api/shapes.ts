import type {
  bindingInputSchema,
  currentOperationSchema,
  draftWorkOrderSchema,
  edgeNodeSchema,
  equipmentSchema,
  registerEdgeNode,
  stateIntervalSchema,
} from "@millwright/contracts/api";

/**
 * Shapes of answers and requests that the contract states as schemas only. They are derived as types:
 * the schemas stay on the server.
 */
type Output<S extends { _zod: { output: unknown } }> = S["_zod"]["output"];
type Input<S extends { _zod: { input: unknown } }> = S["_zod"]["input"];

export type CurrentOperation = Output<typeof currentOperationSchema>;
export type Equipment = Output<typeof equipmentSchema>;
export type EdgeNode = Output<typeof edgeNodeSchema>;
export type StateInterval = Output<typeof stateIntervalSchema>;
export type BindingInput = Input<typeof bindingInputSchema>;
export type DraftWorkOrder = Input<typeof draftWorkOrderSchema>;

/** What a gateway signs in with; the server shows the token once. */
export type Registration = Output<
  (typeof registerEdgeNode)["responses"][201]["content"]["application/json"]["schema"]
>;
