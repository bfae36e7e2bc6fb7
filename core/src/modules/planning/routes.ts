import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  cancelPlan as cancelPlanRoute,
  changeDemand as changeDemandRoute,
  closePurchaseProposal,
  commandPlannedOrder as commandPlannedOrderRoute,
  comparePlans as comparePlansRoute,
  createDemand as createDemandRoute,
  deleteDemand as deleteDemandRoute,
  getGantt,
  getItemPolicy,
  getPegs,
  getPlan,
  listActionMessages,
  listDemands,
  listPlannedOrders,
  listPlans,
  listPurchaseProposals,
  requestMrpRun,
  requestSchedule,
  saveItemPolicy as saveItemPolicyRoute,
} from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { orderOf } from "../../platform/db/list-order.ts";
import { createApi, type Requests } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded, type Permission } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import type { Inventory } from "../inventory/index.ts";
import type { Production } from "../production/index.ts";
import { cancelPlan } from "./cancel-plan.ts";
import { commandPlannedOrder } from "./command-planned-order.ts";
import { comparePlans } from "./compare-plans.ts";
import { changeDemand, createDemand, deleteDemand, demandList, readDemandPage } from "./demands.ts";
import { readGantt } from "./gantt-queries.ts";
import { readItemPolicy, saveItemPolicy } from "./item-policies.ts";
import {
  readMessagePage,
  readOrder,
  plannedOrderList,
  readOrderPage,
  readPegs,
} from "./order-queries.ts";
import type { planningObjectTypes } from "./permissions.ts";
import { closeProposal, readOpenProposals } from "./purchase-proposals.ts";
import { type PlanRequest, requestPlan } from "./request-plan.ts";
import { readPlan, readPlanPage } from "./store/plans.ts";
import { unknownPlan } from "./unknown-plan.ts";

export type PlanningDeps = {
  platform: Platform;
  requests: Requests;
  identity: IdentityModule;
  engineering: Engineering;
  inventory: Inventory;
  production: Production;
};

export function planningRoutes(deps: PlanningDeps): OpenAPIHono {
  return createApi()
    .route("/", planRoutes(deps))
    .route("/", orderRoutes(deps))
    .route("/", demandRoutes(deps));
}

function planRoutes({ platform, requests, identity }: PlanningDeps) {
  const ask = async (tx: Transaction, asked: PlanRequest, { actor }: { actor: By }) => {
    const now = platform.clock.now();
    const { from } = await identity.productionDay(tx);
    const { timeZone } = await identity.site(tx);
    const startDay = from.toLocaleDateString("sv-SE", { timeZone });
    return requestPlan(tx, asked, { planId: newId(platform), startDay, timeZone, actor, now });
  };
  return createApi()
    .openapi(guarded(requestMrpRun, may("plan", "run")), async (c) => {
      const parameters = c.req.valid("json");
      const plan = await requests.act(c, parameters, (tx, caller) =>
        ask(tx, { kind: "mrp", parameters }, caller),
      );
      return c.json(plan, 202);
    })
    .openapi(guarded(requestSchedule, may("plan", "run")), async (c) => {
      const parameters = c.req.valid("json");
      const plan = await requests.act(c, parameters, (tx, caller) =>
        ask(tx, { kind: "schedule", parameters }, caller),
      );
      return c.json(plan, 202);
    })
    .openapi(guarded(listPlans, may("plan", "read")), async (c) => {
      const { cursor, limit, kind } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.uuid])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) => readPlanPage(tx, { before, kind, limit }));
      const page = pageOf(rows, { limit, keyOf: ({ planId }) => [planId], show: (plan) => plan });
      return c.json(page, 200);
    })
    .openapi(guarded(getPlan, may("plan", "read")), async (c) => {
      const { planId } = c.req.valid("param");
      const plan = await requests.transaction(c, (tx) => readPlan(tx, planId));
      if (plan === null) throw unknownPlan(planId);
      return c.json(plan, 200);
    })
    .openapi(guarded(cancelPlanRoute, may("plan", "cancel")), async (c) => {
      const { planId } = c.req.valid("param");
      const now = platform.clock.now();
      return c.json(await requests.act(c, {}, (tx) => cancelPlan(tx, planId, now)), 200);
    })
    .openapi(guarded(comparePlansRoute, may("plan", "read")), async (c) => {
      const { planId } = c.req.valid("param");
      const other = c.req.valid("query").with;
      return c.json(await requests.transaction(c, (tx) => comparePlans(tx, planId, other)), 200);
    })
    .openapi(guarded(getGantt, may("plan", "read")), async (c) => {
      const { planId } = c.req.valid("param");
      return c.json(await requests.transaction(c, (tx) => readGantt(tx, planId)), 200);
    });
}

function orderRoutes(deps: PlanningDeps) {
  const { platform, requests, identity, engineering, inventory, production } = deps;
  return createApi()
    .openapi(guarded(listPlannedOrders, may("planned_order", "read")), async (c) => {
      const { planId } = c.req.valid("param");
      const { cursor, sort, limit, search, kind, state, isLate } = c.req.valid("query");
      const order = orderOf(plannedOrderList, sort);
      const after = readCursor(cursor, order.shapes);
      const rows = await requests.transaction(c, (tx) =>
        readOrderPage(tx, { planId, order, after, search, kind, state, isLate, limit }),
      );
      return c.json(pageOf(rows, { limit, keyOf: order.keyOf, show: (row) => row }), 200);
    })
    .openapi(guarded(getPegs, may("planned_order", "read")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("query") };
      const pegs = await requests.transaction(c, async (tx) => {
        await readOrder(tx, asked);
        return readPegs(tx, asked);
      });
      return c.json(pegs, 200);
    })
    .openapi(
      guarded(commandPlannedOrderRoute, may("planned_order", { param: "command" })),
      async (c) => {
        const asked = c.req.valid("param");
        const made = {
          engineering,
          inventory,
          production,
          newId: () => newId(platform),
          timeZone: async (tx: Transaction) => (await identity.site(tx)).timeZone,
        };
        const order = await requests.act(c, {}, (tx, { actor }) =>
          commandPlannedOrder(tx, made, asked, { actor, now: platform.clock.now() }),
        );
        return c.json(order, 200);
      },
    )
    .openapi(guarded(listActionMessages, may("planned_order", "read")), async (c) => {
      const { planId } = c.req.valid("param");
      const { cursor, limit, action } = c.req.valid("query");
      const after = Number(readCursor(cursor, [cursorPart.position])?.[0] ?? 0);
      const rows = await requests.transaction(c, (tx) =>
        readMessagePage(tx, { planId, after, action, limit }),
      );
      const page = pageOf(rows, {
        limit,
        keyOf: ({ messageNumber }) => [String(messageNumber)],
        show: (message) => message,
      });
      return c.json(page, 200);
    })
    .openapi(guarded(listPurchaseProposals, may("planned_order", "read")), async (c) =>
      c.json({ rows: await requests.transaction(c, readOpenProposals) }, 200),
    )
    .openapi(guarded(closePurchaseProposal, may("planned_order", "release")), async (c) => {
      const { purchaseProposalId } = c.req.valid("param");
      const closed = await requests.act(c, {}, (tx, { actor }) =>
        closeProposal(tx, purchaseProposalId, actor),
      );
      return c.json(closed, 200);
    });
}

function demandRoutes({ platform, requests }: PlanningDeps) {
  return createApi()
    .openapi(guarded(listDemands, may("demand", "read")), async (c) => {
      const { cursor, sort, limit, search } = c.req.valid("query");
      const order = orderOf(demandList, sort);
      const after = readCursor(cursor, order.shapes);
      const rows = await requests.transaction(c, (tx) =>
        readDemandPage(tx, { order, after, search, limit }),
      );
      return c.json(pageOf(rows, { limit, keyOf: order.keyOf, show: (row) => row }), 200);
    })
    .openapi(guarded(createDemandRoute, may("demand", "change")), async (c) => {
      const input = c.req.valid("json");
      const demand = await requests.act(c, input, (tx, { actor }) =>
        createDemand(tx, { demandId: newId(platform), input }, actor),
      );
      sendVersion(c, demand.version);
      return c.json(demand, 201);
    })
    .openapi(guarded(changeDemandRoute, may("demand", "change")), async (c) => {
      const input = c.req.valid("json");
      const asked = { ...c.req.valid("param"), version: versionAsked(c), input };
      const demand = await requests.transaction(c, (tx, { actor }) =>
        changeDemand(tx, asked, actor),
      );
      sendVersion(c, demand.version);
      return c.json(demand, 200);
    })
    .openapi(guarded(deleteDemandRoute, may("demand", "change")), async (c) => {
      const { demandId } = c.req.valid("param");
      const gone = await requests.transaction(c, (tx, { actor }) =>
        deleteDemand(tx, demandId, actor),
      );
      return c.json(gone, 200);
    })
    .openapi(guarded(getItemPolicy, may("demand", "read")), async (c) => {
      const { itemId } = c.req.valid("param");
      const policy = await requests.transaction(c, (tx) => readItemPolicy(tx, itemId));
      sendVersion(c, policy.version);
      return c.json(policy, 200);
    })
    .openapi(guarded(saveItemPolicyRoute, may("demand", "change")), async (c) => {
      const { itemId } = c.req.valid("param");
      const asked = { ...c.req.valid("json"), itemId, version: versionAsked(c) };
      const saved = await requests.transaction(c, (tx, { actor }) =>
        saveItemPolicy(tx, asked, actor),
      );
      sendVersion(c, saved.version);
      return c.json(saved, 200);
    });
}

type By = Parameters<typeof requestPlan>[2]["actor"];

function may(
  objectType: keyof typeof planningObjectTypes,
  action: string | { param: string },
): Permission {
  return { objectType, action, on: "any" };
}
