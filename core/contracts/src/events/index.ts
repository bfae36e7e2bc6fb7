import type { z } from "zod";

import * as access from "./access.ts";
import * as audit from "./audit.ts";
import * as equipment from "./equipment.ts";
import * as machine from "./machine.ts";
import * as planning from "./planning.ts";
import * as stock from "./stock.ts";
import * as workOrder from "./work-order.ts";

export { type FieldChange, fieldChangeSchema } from "./audit.ts";
export type { Actor, EventToEmit, LoggedEvent } from "./envelope.ts";
export { actorSchema } from "./envelope.ts";
export { movesPerEventMax } from "./stock.ts";

/** Every event of the log: `type@version` → payload schema. Consumers parse with it. */
export const eventSchemas = {
  "machine.count_observed@1": machine.countObservedV1,
  "machine.count_redistributed@1": machine.countRedistributedV1,
  "machine.state_observed@1": machine.stateObservedV1,
  "machine.state_backfilled@1": machine.stateBackfilledV1,
  "machine.reason_observed@1": machine.reasonObservedV1,
  "equipment.binding_changed@1": equipment.bindingChangedV1,
  "equipment.edge_node_changed@1": equipment.edgeNodeChangedV1,
  "work_order.drafted@1": workOrder.workOrderDraftedV1,
  "work_order.firmed@1": workOrder.workOrderFirmedV1,
  "work_order.released@1": workOrder.workOrderReleasedV1,
  "work_order.started@1": workOrder.workOrderStartedV1,
  "work_order.held@1": workOrder.workOrderHeldV1,
  "work_order.resumed@1": workOrder.workOrderResumedV1,
  "work_order.completed@1": workOrder.workOrderCompletedV1,
  "work_order.closed@1": workOrder.workOrderClosedV1,
  "work_order.cancelled@1": workOrder.workOrderCancelledV1,
  "operation.readied@1": workOrder.operationReadiedV1,
  "operation.started@1": workOrder.operationStartedV1,
  "operation.paused@1": workOrder.operationPausedV1,
  "operation.resumed@1": workOrder.operationResumedV1,
  "operation.progress_reported@1": workOrder.operationProgressReportedV1,
  "operation.progress_corrected@1": workOrder.operationProgressCorrectedV1,
  "operation.done@1": workOrder.operationDoneV1,
  "downtime.opened@1": workOrder.downtimeOpenedV1,
  "downtime.closed@1": workOrder.downtimeClosedV1,
  "downtime.reason_given@1": workOrder.downtimeReasonGivenV1,
  "stock.moved@1": stock.stockMovedV1,
  "lot.status_changed@1": stock.lotStatusChangedV1,
  "stock.refill_asked@1": stock.refillAskedV1,
  "plan.requested@1": planning.planRequestedV1,
  "planned_order.released@1": planning.plannedOrderReleasedV1,
  "record.changed@1": audit.recordChangedV1,
  "session.opened@1": access.sessionOpenedV1,
  "access.changed@1": access.accessChangedV1,
} as const;

export type EventKey = keyof typeof eventSchemas;
export type EventPayload<K extends EventKey> = z.infer<(typeof eventSchemas)[K]>;
