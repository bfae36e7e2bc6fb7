import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type DowntimeReason,
  exportDowntimeReasons,
  exportMachineReasonCodes,
  exportUnassignedCounts,
  exportWorkOrders,
  importDowntimeReasons as importDowntimeReasonsRoute,
  importMachineReasonCodes as importMachineReasonCodesRoute,
  importWorkOrders as importWorkOrdersRoute,
  type MachineReasonCode,
  machineReasonCodeRowSchema,
  type UnassignedCount,
  type WorkOrderSummary,
} from "@millwright/contracts/api";

import { orderOf } from "../../platform/db/list-order.ts";
import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { columnsOf, columnsPassedOver } from "../../platform/tables/column.ts";
import { wholeList } from "../../platform/tables/export-rows.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Engineering } from "../engineering/index.ts";
import { equipment } from "../equipment/index.ts";
import { mayChangeReasons, mayRead } from "./downtime-routes.ts";
import { readDowntimeReasons } from "./downtime-reasons.ts";
import {
  downtimeReasonRowSchema,
  importDowntimeReasons,
  importMachineReasonCodes,
} from "./import-downtime-reasons.ts";
import { codesMax, readMachineReasonCodes } from "./machine-reason-codes.ts";
import { importWorkOrders, workOrderRowSchema } from "./import-work-orders.ts";
import { readUnassignedCounts } from "./unassigned-counts.ts";
import { readWorkOrderPage, workOrderList } from "./work-order-queries.ts";

type Deps = { platform: Platform; files: TableFiles; engineering: Engineering };

/** What production lists, as files; registered before the routes that take an id in the same place. */
export function productionTableRoutes(deps: Deps): OpenAPIHono {
  return createApi().route("/", workOrderFiles(deps)).route("/", downtimeFiles(deps));
}

function workOrderFiles({ platform, files, engineering }: Deps) {
  return createApi()
    .openapi(
      guarded(exportWorkOrders, { objectType: "work_order", action: "read", on: "any" }),
      (c) => {
        const { format, sort, state, search } = c.req.valid("query");
        const order = orderOf(workOrderList, sort);
        return files.exportList(c, {
          name: "work-orders",
          format,
          list: {
            columns,
            readPage: (tx, page) => readWorkOrderPage(tx, { order, state, search, ...page }),
            keyOf: order.keyOf,
            show: (orders) => orders,
          },
        });
      },
    )
    .openapi(
      guarded(importWorkOrdersRoute, { objectType: "work_order", action: "draft", on: "any" }),
      (c) =>
        files.importList(c, {
          isDryRun: c.req.valid("query").dryRun,
          list: {
            schema: workOrderRowSchema,
            passedOver: columnsPassedOver(columns, workOrderRowSchema),
            rowsMax: ordersMax,
            make: (tx, rows, { problems, caller }) => {
              const deps = { engineering, newId: () => newId(platform) };
              const by = { actor: caller.actor, now: platform.clock.now() };
              return importWorkOrders(tx, deps, rows, { problems, by });
            },
          },
        }),
    )
    .openapi(
      guarded(exportUnassignedCounts, { objectType: "work_order", action: "read", on: "any" }),
      (c) => {
        const { format, reason } = c.req.valid("query");
        return files.exportList(c, {
          name: "unassigned-counts",
          format,
          list: wholeList(unassignedColumns, (tx) => readUnassignedCounts(tx, equipment, reason)),
        });
      },
    );
}

function downtimeFiles({ platform, files }: Deps) {
  const newReasonId = () => newId(platform);
  return createApi()
    .openapi(guarded(exportDowntimeReasons, mayRead), (c) =>
      files.exportList(c, {
        name: "downtime-reasons",
        format: c.req.valid("query").format,
        list: wholeList(reasonColumns, readDowntimeReasons),
      }),
    )
    .openapi(guarded(importDowntimeReasonsRoute, mayChangeReasons), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: downtimeReasonRowSchema,
          passedOver: columnsPassedOver(reasonColumns, downtimeReasonRowSchema),
          rowsMax: reasonRowsMax,
          make: (tx, rows, { problems, caller }) =>
            importDowntimeReasons(tx, { newId: newReasonId }, rows, { problems, by: caller.actor }),
        },
      }),
    )
    .openapi(guarded(exportMachineReasonCodes, mayRead), (c) =>
      files.exportList(c, {
        name: "machine-reason-codes",
        format: c.req.valid("query").format,
        list: wholeList(codeColumns, (tx) => readMachineReasonCodes(tx, equipment)),
      }),
    )
    .openapi(guarded(importMachineReasonCodesRoute, mayChangeReasons), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: machineReasonCodeRowSchema,
          passedOver: columnsPassedOver(codeColumns, machineReasonCodeRowSchema),
          rowsMax: codesMax,
          make: (tx, rows, { problems, caller }) =>
            importMachineReasonCodes(tx, equipment, rows, { problems, by: caller.actor }),
        },
      }),
    );
}

const reasonColumns = columnsOf<DowntimeReason>({
  code: "text",
  name: "text",
  category: "text",
  isActive: "boolean",
  isStandard: "boolean",
  reasonId: "text",
});

const codeColumns = columnsOf<MachineReasonCode>({
  code: "text",
  workUnitName: "text",
  reasonCode: "text",
  workUnitId: "text",
  reasonId: "text",
});

// Each is kept like a single one, a few statements: seconds for so many.
const reasonRowsMax = 500;

const unassignedColumns = columnsOf<UnassignedCount>({
  workUnitName: "text",
  reason: "text",
  good: "decimal",
  scrap: "decimal",
  from: "instant",
  to: "instant",
  workUnitId: "text",
});

const columns = columnsOf<WorkOrderSummary>({
  number: "text",
  itemNumber: "text",
  itemName: "text",
  quantity: "decimal",
  uom: "text",
  good: "decimal",
  scrap: "decimal",
  state: "text",
  dueDate: "instant",
  currentStep: "number",
  currentOperationName: "text",
  workOrderId: "text",
});

// Each is drafted like a single one, four statements and an event: about three seconds for so many.
const ordersMax = 2_000;
