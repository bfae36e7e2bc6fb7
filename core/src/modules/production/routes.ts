import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  commandWorkOrder,
  draftWorkOrder as draftWorkOrderRoute,
  getMachine,
  getMachineEvents,
  getMachineStates,
  getMachineTrends,
  getPlant,
  getWorkOrder,
  getWorkOrderEvents,
  type HistoryEvent,
  listWorkOrders,
  reportProgress as reportProgressRoute,
} from "@millwright/contracts/api";
import type { LoggedEvent } from "@millwright/contracts/events";
import type { WorkOrderCommand } from "@millwright/contracts/states";
import type { Context } from "hono";

import type { Transaction } from "../../platform/db/transaction.ts";
import { readStreamPage } from "../../platform/events/log.ts";
import { orderOf } from "../../platform/db/list-order.ts";
import { type Asking, createApi, type Requests } from "../../platform/http/api.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { callerOf, guarded, type Permission } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { askAboutDraft, askAboutOrder, mayToOrder } from "./ask-about-order.ts";
import { cancelWorkOrder } from "./cancel-work-order.ts";
import type { By } from "./change-work-order.ts";
import { countRoutes } from "./count-routes.ts";
import type { ProductionDeps } from "./deps.ts";
import { closeWorkOrder } from "./close-work-order.ts";
import { completeWorkOrder } from "./complete-work-order.ts";
import { downtimeRoutes } from "./downtime-routes.ts";
import { draftWorkOrder } from "./draft-work-order.ts";
import { firmWorkOrder } from "./firm-work-order.ts";
import { holdWorkOrder } from "./hold-work-order.ts";
import { instantOf } from "./instant.ts";
import {
  findWorkUnit,
  readMachine,
  readMachineStates,
  readMachineTrends,
  readPlant,
} from "./machine-queries.ts";
import type { productionObjectTypes } from "./permissions.ts";
import { releaseWorkOrder } from "./release-work-order.ts";
import { reportProgress } from "./report-progress.ts";
import { resumeWorkOrder } from "./resume-work-order.ts";
import { type FoundWorkOrder, streamOf } from "./store/work-orders.ts";
import {
  readWorkOrder,
  readWorkOrderPage,
  showWorkOrder,
  workOrderList,
} from "./work-order-queries.ts";

const commands = {
  firm: firmWorkOrder,
  release: releaseWorkOrder,
  hold: holdWorkOrder,
  resume: resumeWorkOrder,
  complete: completeWorkOrder,
  cancel: cancelWorkOrder,
  close: closeWorkOrder,
} as const satisfies Record<
  WorkOrderCommand,
  (tx: Transaction, workOrderId: string, by: By & { reason: string }) => Promise<FoundWorkOrder>
>;

export function productionRoutes(deps: ProductionDeps): OpenAPIHono {
  return createApi()
    .route("/", workOrderRoutes(deps))
    .route("/", machineRoutes(deps))
    .route("/", countRoutes(deps))
    .route("/", downtimeRoutes(deps));
}

function workOrderRoutes({ platform, requests, engineering, equipment }: ProductionDeps) {
  const by = ({ actor }: Asking): By => ({ actor, now: platform.clock.now() });
  return createApi()
    .openapi(guarded(listWorkOrders, may("work_order", "read")), async (c) => {
      const { cursor, sort, limit, state, search } = c.req.valid("query");
      const order = orderOf(workOrderList, sort);
      const after = readCursor(cursor, order.shapes);
      const rows = await requests.transaction(c, (tx) =>
        readWorkOrderPage(tx, { order, after, state, search, limit }),
      );
      return c.json(pageOf(rows, { limit, keyOf: order.keyOf, show: (row) => row }), 200);
    })
    .openapi(guarded(draftWorkOrderRoute, mayToOrder("draft")), async (c) => {
      const asked = c.req.valid("json");
      const order = await requests.act(
        c,
        asked,
        async (tx, caller) => {
          const make = { engineering, newId: () => newId(platform) };
          return readWorkOrder(tx, await draftWorkOrder(tx, make, asked, by(caller)));
        },
        (tx, { authorise }) =>
          askAboutDraft(tx, { authorise, action: "draft", equipment, engineering }, asked),
      );
      return c.json(order, 201);
    })
    .openapi(guarded(getWorkOrder, may("work_order", "read")), async (c) => {
      const { workOrderId } = c.req.valid("param");
      return c.json(await requests.transaction(c, (tx) => readWorkOrder(tx, workOrderId)), 200);
    })
    .openapi(guarded(getWorkOrderEvents, may("work_order", "read")), async (c) => {
      const { workOrderId } = c.req.valid("param");
      const page = await readHistory(
        { requests, c },
        streamOf(workOrderId),
        c.req.valid("query"),
        (tx) => readWorkOrder(tx, workOrderId),
      );
      return c.json(page, 200);
    })
    .openapi(guarded(commandWorkOrder, mayToOrder({ param: "command" })), async (c) => {
      const { workOrderId, command } = c.req.valid("param");
      // The body may be absent, and then there is nothing to validate.
      const reason = c.req.valid("json").reason ?? "";
      const order = await requests.act(
        c,
        { reason },
        async (tx, caller) =>
          showWorkOrder(await commands[command](tx, workOrderId, { ...by(caller), reason })),
        (tx, { authorise }) =>
          askAboutOrder(tx, { authorise, action: command, equipment }, workOrderId),
      );
      return c.json(order, 200);
    })
    .openapi(guarded(reportProgressRoute, mayToOrder(reporting)), async (c) => {
      const { workOrderId, step } = c.req.valid("param");
      const pieces = c.req.valid("json");
      const order = await requests.act(
        c,
        pieces,
        async (tx, caller) => {
          const asked = { workOrderId, step, ...pieces };
          await reportProgress(tx, { engineering, equipment }, asked, by(caller));
          return readWorkOrder(tx, workOrderId);
        },
        (tx, { authorise }) =>
          askAboutOrder(tx, { authorise, action: reporting, equipment }, workOrderId),
      );
      return c.json(order, 200);
    });
}

function machineRoutes({ platform, requests, identity, equipment, engineering }: ProductionDeps) {
  const now = () => ({ identity, equipment, now: platform.clock.now() });
  // Asked before the transaction, which must not wait for a second connection.
  const forTiles = async (c: Context) => {
    const settings = await platform.settings.of(callerOf(c).tenantId);
    return { ...now(), engineering, noDataRangePercent: settings["oee.no_data_range_percent"] };
  };
  return createApi()
    .openapi(guarded(getPlant, may("machine", "read")), async (c) => {
      const deps = await forTiles(c);
      return c.json(await requests.transaction(c, (tx) => readPlant(tx, deps)), 200);
    })
    .openapi(guarded(getMachine, may("machine", "read")), async (c) => {
      const { workUnitId } = c.req.valid("param");
      const deps = await forTiles(c);
      return c.json(await requests.transaction(c, (tx) => readMachine(tx, deps, workUnitId)), 200);
    })
    .openapi(guarded(getMachineStates, may("machine", "read")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("query") };
      const deps = now();
      const intervals = await requests.transaction(c, (tx) => readMachineStates(tx, deps, asked));
      const shown = intervals.map(({ state, from, to }) => ({
        state,
        from: instantOf(from),
        to: to >= deps.now.getTime() ? null : instantOf(to),
      }));
      return c.json({ intervals: shown }, 200);
    })
    .openapi(guarded(getMachineTrends, may("machine", "read")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("query") };
      const series = await requests.transaction(c, (tx) => readMachineTrends(tx, now(), asked));
      return c.json({ series }, 200);
    })
    .openapi(guarded(getMachineEvents, may("machine", "read")), async (c) => {
      const { workUnitId } = c.req.valid("param");
      const page = await readHistory(
        { requests, c },
        `work_unit:${workUnitId}`,
        c.req.valid("query"),
        (tx) => findWorkUnit(tx, equipment, workUnitId),
      );
      return c.json(page, 200);
    });
}

const reporting = "report_progress";

function may(
  objectType: keyof typeof productionObjectTypes,
  action: string | { param: string },
): Permission {
  return { objectType, action, on: "any" };
}

/** A page of a stream; `proveExists` refuses when the thing it belongs to does not exist. */
async function readHistory(
  { requests, c }: { requests: Requests; c: Context },
  stream: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  proveExists: (tx: Transaction) => Promise<unknown>,
) {
  const before = readCursor(cursor, [cursorPart.position])?.[0] ?? null;
  const rows = await requests.transaction(c, async (tx) => {
    await proveExists(tx);
    return readStreamPage(tx, { stream, before, limit: limit + 1 });
  });
  return pageOf(rows, { limit, keyOf: (event) => [event.position], show: toHistoryEvent });
}

function toHistoryEvent(event: LoggedEvent): HistoryEvent {
  return {
    position: event.position,
    type: event.type,
    recordedTime: event.recordedTime,
    actor: event.actor,
    payload: event.payload as Record<string, unknown>,
  };
}
