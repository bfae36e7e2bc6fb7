import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type ActionMessage,
  type Demand,
  exportActionMessages,
  exportDemands,
  exportPlannedOrders,
  exportPlans,
  exportPurchaseProposals,
  importDemands as importDemandsRoute,
  type Plan,
  type PlannedOrder,
  type PurchaseProposal,
} from "@millwright/contracts/api";

import { orderOf } from "../../platform/db/list-order.ts";
import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { columnsOf, columnsPassedOver } from "../../platform/tables/column.ts";
import { wholeList } from "../../platform/tables/export-rows.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Engineering } from "../engineering/index.ts";
import { demandList, readDemandPage } from "./demands.ts";
import { demandRowSchema, importDemands } from "./import-demands.ts";
import { plannedOrderList, readMessagePage, readOrderPage } from "./order-queries.ts";
import { readOpenProposals } from "./purchase-proposals.ts";
import { readPlanPage } from "./store/plans.ts";

type Deps = { platform: Platform; files: TableFiles; engineering: Engineering };

/** Demands, and what plans make of them, as files. */
export function planningTableRoutes(deps: Deps): OpenAPIHono {
  return createApi().route("/", demandFiles(deps)).route("/", planFiles(deps));
}

function demandFiles({ platform, files, engineering }: Deps) {
  return createApi()
    .openapi(guarded(exportDemands, { objectType: "demand", action: "read", on: "any" }), (c) => {
      const { format, sort, search } = c.req.valid("query");
      const order = orderOf(demandList, sort);
      return files.exportList(c, {
        name: "demands",
        format,
        list: {
          columns,
          readPage: (tx, { after, limit }) => readDemandPage(tx, { order, after, search, limit }),
          keyOf: order.keyOf,
          show: (demands) => demands,
        },
      });
    })
    .openapi(
      guarded(importDemandsRoute, { objectType: "demand", action: "change", on: "any" }),
      (c) =>
        files.importList(c, {
          isDryRun: c.req.valid("query").dryRun,
          list: {
            schema: demandRowSchema,
            passedOver: columnsPassedOver(columns, demandRowSchema),
            rowsMax: demandsMax,
            make: (tx, rows, { problems }) =>
              importDemands(tx, { engineering, newId: () => newId(platform) }, rows, problems),
          },
        }),
    );
}

/** A plan is made by an engine: nothing to import. */
function planFiles({ files }: Deps) {
  const readOrders = { objectType: "planned_order", action: "read", on: "any" } as const;
  return createApi()
    .openapi(guarded(exportPlans, { objectType: "plan", action: "read", on: "any" }), (c) => {
      const { format, kind } = c.req.valid("query");
      return files.exportList(c, {
        name: "plans",
        format,
        list: {
          columns: planColumns,
          readPage: (tx, { after, limit }) =>
            readPlanPage(tx, { before: after?.[0] ?? null, kind, limit }),
          keyOf: ({ planId }) => [planId],
          show: (plans) => plans,
        },
      });
    })
    .openapi(guarded(exportPlannedOrders, readOrders), (c) => {
      const { planId } = c.req.valid("param");
      const { format, sort, search, kind, state, isLate } = c.req.valid("query");
      const order = orderOf(plannedOrderList, sort);
      return files.exportList(c, {
        name: "planned-orders",
        format,
        list: {
          columns: orderColumns,
          readPage: (tx, page) =>
            readOrderPage(tx, { planId, order, search, kind, state, isLate, ...page }),
          keyOf: order.keyOf,
          show: (orders) => orders,
        },
      });
    })
    .openapi(guarded(exportActionMessages, readOrders), (c) => {
      const { planId } = c.req.valid("param");
      const { format, action } = c.req.valid("query");
      return files.exportList(c, {
        name: "action-messages",
        format,
        list: {
          columns: messageColumns,
          readPage: (tx, { after, limit }) =>
            readMessagePage(tx, { planId, action, after: Number(after?.[0] ?? 0), limit }),
          keyOf: ({ messageNumber }) => [String(messageNumber)],
          show: (messages) => messages,
        },
      });
    })
    .openapi(guarded(exportPurchaseProposals, readOrders), (c) =>
      files.exportList(c, {
        name: "purchase-proposals",
        format: c.req.valid("query").format,
        list: wholeList(proposalColumns, readOpenProposals),
      }),
    );
}

const planColumns = columnsOf<Plan>({
  kind: "text",
  mode: "text",
  name: "text",
  state: "text",
  isCurrent: "boolean",
  isWhatIf: "boolean",
  startDay: "text",
  requestedTime: "instant",
  finishedTime: "instant",
  findingCount: "number",
  failure: "text",
  summary: "text",
  fallback: "text",
  planId: "text",
  basePlanId: "text",
});

const orderColumns = columnsOf<PlannedOrder>({
  orderNumber: "number",
  itemNumber: "text",
  itemName: "text",
  kind: "text",
  siteCode: "text",
  fromSiteCode: "text",
  quantity: "decimal",
  uom: "text",
  startDay: "text",
  dueDay: "text",
  lateDays: "number",
  state: "text",
  workOrderNumber: "text",
  transferNumber: "text",
});

const messageColumns = columnsOf<ActionMessage>({
  messageNumber: "number",
  action: "text",
  itemNumber: "text",
  itemName: "text",
  insteadOfItemNumber: "text",
  siteCode: "text",
  orderNumber: "number",
  label: "text",
  fromDay: "text",
  toDay: "text",
  toQuantity: "decimal",
  uom: "text",
});

const proposalColumns = columnsOf<PurchaseProposal>({
  itemNumber: "text",
  itemName: "text",
  quantity: "decimal",
  uom: "text",
  siteCode: "text",
  startDay: "text",
  dueDay: "text",
  state: "text",
  purchaseProposalId: "text",
});

const columns = columnsOf<Demand>({
  kind: "text",
  itemNumber: "text",
  itemName: "text",
  quantity: "decimal",
  uom: "text",
  dueDay: "text",
  siteCode: "text",
  reference: "text",
  demandId: "text",
});

// One insert as a set.
const demandsMax = 20_000;
