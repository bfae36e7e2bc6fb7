import { createRoute, z } from "@hono/zod-openapi";

import { plannedOrderSorts } from "../states/index.ts";
import {
  latenessKinds,
  netChangeFallbacks,
  planKinds,
  planModes,
  plannedOrderCommands,
  plannedOrderKinds,
  plannedOrderStates,
  planningActions,
  planStates,
  purchaseProposalStates,
  siteSupplies,
} from "../states/planning.ts";
import {
  daySchema,
  iso8601Schema,
  percentSchema,
  positiveQuantitySchema,
  quantitySchema,
} from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  sortedBy,
  rowsOf,
  text,
} from "./problem.ts";

const tags = ["planning"];
const orderNumber = z.coerce.number().int().min(1).max(2_147_483_647);
const wholeDays = z.number().int().min(0).max(3653);

/** Costs are in the company's currency; days are those on which needs are put together. */
export const lotRuleSchema = z.discriminatedUnion("rule", [
  z.object({ rule: z.literal("lot_for_lot") }),
  z.object({ rule: z.literal("fixed"), quantity: positiveQuantitySchema }),
  z.object({
    rule: z.literal("min_max_multiple"),
    minimum: positiveQuantitySchema.optional(),
    maximum: positiveQuantitySchema.optional(),
    multiple: positiveQuantitySchema.optional(),
  }),
  z.object({ rule: z.literal("period_order_quantity"), days: z.number().int().min(1).max(3653) }),
  z.object({
    rule: z.literal("economic_order_quantity"),
    annualDemand: positiveQuantitySchema,
    orderCost: z.number().positive(),
    /** Per unit and year. */
    holdingCost: z.number().positive(),
  }),
  z.object({
    rule: z.literal("wagner_whitin"),
    orderCost: z.number().positive(),
    /** Per unit and day. */
    holdingCost: z.number().positive(),
  }),
]);

/** A site whose stock and needs of the item are planned by themselves. */
export const itemSiteSchema = z
  .object({
    /** A location of kind site. */
    siteId: z.uuid(),
    supply: z.enum(siteSupplies),
    /** The site that sends; of `supply: transfer` only. */
    fromSiteId: z.uuid().nullable().default(null),
    /** Working days to make or buy; days on the way of a transfer, every day counted. */
    leadDays: wholeDays,
    safetyStock: quantitySchema.refine((value) => !value.startsWith("-")).default("0" as never),
    lotRule: lotRuleSchema.default({ rule: "lot_for_lot" }),
  })
  .refine(({ supply, fromSiteId }) => (supply === "transfer") === (fromSiteId !== null), {
    path: ["fromSiteId"],
    message: "A transfer names the site that sends, and nothing else does.",
  })
  .openapi("ItemSite");
export type ItemSite = z.infer<typeof itemSiteSchema>;

export const itemPolicyInputSchema = z
  .object({
    /** Working days from start to receipt. */
    leadDays: wholeDays,
    /** Working days by which supply arrives before its need. */
    safetyLeadDays: wholeDays.default(0),
    safetyStock: quantitySchema.refine((value) => !value.startsWith("-")).default("0" as never),
    /** Good output per started quantity. */
    yieldPercent: percentSchema
      .refine((value) => Number(value) > 0 && Number(value) <= 100)
      .default("100"),
    lotRule: lotRuleSchema.default({ rule: "lot_for_lot" }),
    /** Days from today within which no order is planned, or forecasts do not count; null: no fence. */
    planningFenceDays: wholeDays.nullable().default(null),
    demandFenceDays: wholeDays.nullable().default(null),
    /**
     * Sites that are planned by themselves, with yield, safety lead time and fences as above. Stock and
     * needs everywhere else are planned together, with the rest of this policy.
     */
    sites: z.array(itemSiteSchema).max(100).default([]),
  })
  .openapi("ItemPolicyInput");
export type ItemPolicyInput = z.infer<typeof itemPolicyInputSchema>;

export const itemPolicySchema = itemPolicyInputSchema
  .extend({
    itemId: z.uuid(),
    isDefault: z.boolean(),
    /** 0 while it is the default. */
    version: z.number().int(),
  })
  .openapi("ItemPolicy");
export type ItemPolicy = z.infer<typeof itemPolicySchema>;

const itemParams = z.object({ itemId: z.uuid().toLowerCase() });

/** What MRP plans an item with; the defaults of its kind when nobody said otherwise. */
export const getItemPolicy = createRoute({
  method: "get",
  path: "/api/planning/item-policies/{itemId}",
  tags,
  request: { params: itemParams },
  responses: { 200: json(itemPolicySchema, "The policy"), ...problemResponses },
});

/** @throws item.unknown · record.changed_meanwhile · location.unknown · item_policy.site_twice · item_policy.site_not_made · item_policy.sites_circular */
export const saveItemPolicy = createRoute({
  method: "put",
  path: "/api/planning/item-policies/{itemId}",
  tags,
  request: {
    params: itemParams,
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(itemPolicyInputSchema, "As it shall be") },
  },
  responses: { 200: json(itemPolicySchema, "As saved"), ...problemResponses },
});

const whatIfSchema = {
  /** Demands beside the stored ones, for this plan only. */
  extraDemands: z
    .array(
      z.object({
        itemId: z.uuid(),
        quantity: positiveQuantitySchema,
        dueDay: daySchema,
        /** Where it is needed; null: anywhere. */
        siteId: z.uuid().nullable().default(null),
      }),
    )
    .max(500)
    .default([]),
  /** Policies instead of the stored ones, for this plan only. */
  policies: z
    .array(itemPolicyInputSchema.extend({ itemId: z.uuid() }))
    .max(500)
    .default([]),
};

export const mrpRunInputSchema = z
  .object({
    /** Of the scenario; empty: named by its time. */
    name: text(100).default(""),
    /**
     * `net_change` brings a plan up to date by planning only what changes since its last run touch. Where
     * that could differ from a full run, it plans everything anew and says why.
     */
    mode: z.enum(planModes).default("regenerative"),
    /** Of a net change: the plan to bring up to date, also a what-if; null: the current one. */
    planId: z.uuid().toLowerCase().nullable().default(null),
    ...whatIfSchema,
  })
  .refine(
    ({ mode, planId, extraDemands, policies }) =>
      mode === "net_change" ? extraDemands.length + policies.length === 0 : planId === null,
    {
      path: ["mode"],
      message:
        "A net change names a plan and keeps to what that was asked with; only a regenerative run takes extra demands and policies.",
    },
  )
  .openapi("MrpRunInput");
export type MrpRunInput = z.infer<typeof mrpRunInputSchema>;

export const scheduleInputSchema = z
  .object({
    name: text(100).default(""),
    /** Seconds the search may take. */
    seconds: z.number().int().min(1).max(120).default(10),
    seed: z.number().int().min(1).max(1_000_000).default(1),
  })
  .openapi("ScheduleInput");
export type ScheduleInput = z.infer<typeof scheduleInputSchema>;

export const planFindingSchema = z
  .object({ code: z.string(), culprits: z.array(z.string()), message: z.string() })
  .openapi("PlanFinding");
export type PlanFinding = z.infer<typeof planFindingSchema>;

export const planSchema = z
  .object({
    planId: z.uuid(),
    kind: z.enum(planKinds),
    name: z.string(),
    state: z.enum(planStates),
    /** Planned with extra demands or other policies: nothing of it can be released. */
    isWhatIf: z.boolean(),
    /** The newest of its kind that is no what-if: what can be firmed, and what schedules look at. */
    isCurrent: z.boolean(),
    /** Of MRP; null for schedules. */
    mode: z.enum(planModes).nullable(),
    /** Of a net change: the plan that it brings up to date. Orders, pegs and messages stand there. */
    basePlanId: z.uuid().nullable(),
    /** Asked for as net change, it planned everything anew for this reason. */
    fallback: z.enum(netChangeFallbacks).nullable(),
    /** The last net change that this plan went through; null: none since it was made. */
    lastUpdate: z
      .object({
        time: iso8601Schema,
        /** Items about which something had changed. */
        changedItems: z.number().int(),
        /** Those and the ones below them that were planned again. */
        replannedItems: z.number().int(),
        changedOrders: z.number().int(),
      })
      .nullable(),
    progress: z.object({ done: z.number(), total: z.number(), note: z.string() }),
    /** Why it failed. */
    failure: z.string().nullable(),
    startDay: daySchema,
    requestedTime: iso8601Schema,
    finishedTime: iso8601Schema.nullable(),
    /** Figures by name, such as `orders` or `makespanMinutes`. */
    summary: z.record(z.string(), z.number()),
    /** At most 200; `findingCount` counts them all. */
    findings: z.array(planFindingSchema),
    findingCount: z.number().int(),
  })
  .openapi("Plan");
export type Plan = z.infer<typeof planSchema>;

const planParams = z.object({ planId: z.uuid().toLowerCase() });
const orderParams = planParams.extend({ orderNumber });
const planAnswer = json(planSchema, "The plan");

/** @throws item.unknown · plan.unknown · plan.none_to_update · plan.not_updatable */
export const requestMrpRun = createRoute({
  method: "post",
  path: "/api/planning/mrp-runs",
  tags,
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(mrpRunInputSchema, "What to plan with") },
  },
  responses: { 202: planAnswer, ...problemResponses },
});

export const requestSchedule = createRoute({
  method: "post",
  path: "/api/planning/schedules",
  tags,
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(scheduleInputSchema, "How to search") },
  },
  responses: { 202: planAnswer, ...problemResponses },
});

export const listPlans = createRoute({
  method: "get",
  path: "/api/planning/plans",
  tags,
  request: { query: pageQuerySchema.extend({ kind: z.enum(planKinds).optional() }) },
  responses: { 200: json(pageOf(planSchema), "Newest first"), ...problemResponses },
});

export const getPlan = createRoute({
  method: "get",
  path: "/api/planning/plans/{planId}",
  tags,
  request: { params: planParams },
  responses: { 200: planAnswer, ...problemResponses },
});

/** The state is `cancelled` with the answer; the engine stops within a second. @throws plan.ended */
export const cancelPlan = createRoute({
  method: "post",
  path: "/api/planning/plans/{planId}/cancel",
  tags,
  request: { params: planParams, headers: idempotencyHeaderSchema },
  responses: { 200: planAnswer, ...problemResponses },
});

export const plannedOrderSchema = z
  .object({
    planId: z.uuid(),
    /** 1, 2, 3 … in this plan. */
    orderNumber: z.number().int(),
    itemId: z.uuid(),
    itemNumber: z.string(),
    itemName: z.string(),
    uom: z.string(),
    kind: z.enum(plannedOrderKinds),
    /** Where it arrives; null: not planned for a site by itself. */
    siteCode: z.string().nullable(),
    /** The site that sends; of transfers only. */
    fromSiteCode: z.string().nullable(),
    quantity: quantitySchema,
    startDay: daySchema,
    dueDay: daySchema,
    /** Days by which its most urgent need is missed, or by which it should have started; 0: in time. */
    lateDays: z.number().int(),
    state: z.enum(plannedOrderStates),
    workOrderId: z.uuid().nullable(),
    workOrderNumber: z.string().nullable(),
    purchaseProposalId: z.uuid().nullable(),
    transferId: z.uuid().nullable(),
    transferNumber: z.string().nullable(),
  })
  .openapi("PlannedOrder");
export type PlannedOrder = z.infer<typeof plannedOrderSchema>;

export const listPlannedOrders = createRoute({
  method: "get",
  path: "/api/planning/plans/{planId}/orders",
  tags,
  request: {
    params: planParams,
    query: pageQuerySchema.extend({
      ...sortedBy(plannedOrderSorts),
      search: text(100).optional(),
      kind: z.enum(plannedOrderKinds).optional(),
      state: z.enum(plannedOrderStates).optional(),
      isLate: z.stringbool().optional().openapi({ type: "boolean" }),
    }),
  },
  responses: { 200: json(pageOf(plannedOrderSchema), "By number"), ...problemResponses },
});

/** What one end of a peg is: the others of its fields are null. */
const pegEndSchema = z.object({
  kind: z.enum([
    "order",
    "by_product",
    "work_order",
    "purchase_proposal",
    "transfer",
    "on_hand",
    "demand",
    "safety_stock",
  ]),
  /** Planned order; of a by-product: the order that it comes out beside. */
  orderNumber: z.number().int().nullable(),
  /** Id of the work order, proposal, transfer or demand; null for stock and for demands of a what-if. */
  reference: z.uuid().nullable(),
  /** As people call it: number of the work order or transfer, reference of the demand. */
  label: z.string(),
});

export const pegSchema = z
  .object({
    itemNumber: z.string(),
    itemName: z.string(),
    /** It is an alternate and taken instead of this item; null: it is what is asked for. */
    insteadOfItemNumber: z.string().nullable(),
    /** Where; null: not planned for a site by itself. */
    siteCode: z.string().nullable(),
    quantity: quantitySchema,
    uom: z.string(),
    supply: pegEndSchema,
    need: pegEndSchema,
    needDay: daySchema,
    /** Day the supply is there; null: stock on hand. */
    supplyDay: daySchema.nullable(),
  })
  .openapi("Peg");
export type Peg = z.infer<typeof pegSchema>;

/** Up: all that an order is for, to the demands. Down: all that it is made of, to the stock. */
export const getPegs = createRoute({
  method: "get",
  path: "/api/planning/plans/{planId}/orders/{orderNumber}/pegs",
  tags,
  request: { params: orderParams, query: z.object({ direction: z.enum(["up", "down"]) }) },
  responses: {
    200: json(
      z.object({ rows: z.array(pegSchema), isComplete: z.boolean() }),
      "Through all levels, at most 500",
    ),
    ...problemResponses,
  },
});

/**
 * Made items: `firm` makes a firmed work order, `release` releases it too. Bought items become purchase
 * proposals, transfers between sites drafted and then released ones. @throws planned_order.transition_refused · planned_order.plan_superseded · item.not_made
 */
export const commandPlannedOrder = createRoute({
  method: "post",
  path: "/api/planning/plans/{planId}/orders/{orderNumber}/{command}",
  tags,
  request: {
    params: orderParams.extend({ command: z.enum(plannedOrderCommands) }),
    headers: idempotencyHeaderSchema,
  },
  responses: { 200: json(plannedOrderSchema, "The order"), ...problemResponses },
});

export const actionMessageSchema = z
  .object({
    messageNumber: z.number().int(),
    action: z.enum(planningActions),
    itemNumber: z.string(),
    itemName: z.string(),
    uom: z.string(),
    /** Of `substitute`: take `toQuantity` of the item instead of this one. */
    insteadOfItemNumber: z.string().nullable(),
    siteCode: z.string().nullable(),
    /** What it is about: a planned order, or an open work order, transfer or purchase proposal. */
    orderNumber: z.number().int().nullable(),
    workOrderId: z.uuid().nullable(),
    transferId: z.uuid().nullable(),
    label: z.string(),
    fromDay: daySchema.nullable(),
    toDay: daySchema.nullable(),
    toQuantity: quantitySchema.nullable(),
  })
  .openapi("ActionMessage");
export type ActionMessage = z.infer<typeof actionMessageSchema>;

export const listActionMessages = createRoute({
  method: "get",
  path: "/api/planning/plans/{planId}/messages",
  tags,
  request: {
    params: planParams,
    query: pageQuerySchema.extend({ action: z.enum(planningActions).optional() }),
  },
  responses: { 200: json(pageOf(actionMessageSchema), "In planning order"), ...problemResponses },
});

const sideSchema = z.object({
  orders: z.number().int(),
  quantity: quantitySchema,
  firstDueDay: daySchema.nullable(),
  lateDays: z.number().int(),
});

export const planComparisonSchema = z
  .object({
    plans: z.array(planSchema).length(2),
    /** Items that are planned differently, by number, at most 500. */
    rows: z.array(
      z.object({
        itemId: z.uuid(),
        itemNumber: z.string(),
        itemName: z.string(),
        uom: z.string(),
        left: sideSchema,
        right: sideSchema,
      }),
    ),
    isComplete: z.boolean(),
  })
  .openapi("PlanComparison");
export type PlanComparison = z.infer<typeof planComparisonSchema>;

export const comparePlans = createRoute({
  method: "get",
  path: "/api/planning/plans/{planId}/comparison",
  tags,
  request: { params: planParams, query: z.object({ with: z.uuid().toLowerCase() }) },
  responses: { 200: json(planComparisonSchema, "Side by side"), ...problemResponses },
});

export const ganttSchema = z
  .object({
    workCenters: z.array(z.object({ workCenterId: z.uuid(), name: z.string() })),
    /** By work center and start; the 20,000 that start first. */
    operations: z.array(
      z.object({
        workCenterId: z.uuid(),
        workOrderId: z.uuid(),
        number: z.string(),
        itemNumber: z.string(),
        step: z.number().int(),
        name: z.string(),
        starts: iso8601Schema,
        ends: iso8601Schema,
        /** Runs already, so nothing moves it. */
        isFixed: z.boolean(),
      }),
    ),
    /** There are more operations than these, later ones. */
    isCut: z.boolean(),
    /** Orders that come too late, the latest first, at most 500. */
    late: z.array(
      z.object({
        workOrderId: z.uuid(),
        number: z.string(),
        itemNumber: z.string(),
        lateMinutes: z.number().int(),
        /** The longest wait first. */
        reasons: z.array(
          z.object({
            kind: z.enum(latenessKinds),
            minutes: z.number().int(),
            /** What binds: a work center, an order's operation, an item, a skill or tool. */
            workCenter: z.string().nullable(),
            operation: z.string().nullable(),
            item: z.string().nullable(),
            capability: z.string().nullable(),
          }),
        ),
      }),
    ),
    /** More orders are late than these; the plan's summary counts all of them. */
    isLateCut: z.boolean(),
  })
  .openapi("Gantt");
export type Gantt = z.infer<typeof ganttSchema>;

export const getGantt = createRoute({
  method: "get",
  path: "/api/planning/plans/{planId}/gantt",
  tags,
  request: { params: planParams },
  responses: { 200: json(ganttSchema, "Operations of a schedule"), ...problemResponses },
});

export const purchaseProposalSchema = z
  .object({
    purchaseProposalId: z.uuid(),
    itemId: z.uuid(),
    itemNumber: z.string(),
    itemName: z.string(),
    quantity: quantitySchema,
    uom: z.string(),
    /** Where it shall arrive; null: anywhere. */
    siteCode: z.string().nullable(),
    startDay: daySchema,
    dueDay: daySchema,
    state: z.enum(purchaseProposalStates),
  })
  .openapi("PurchaseProposal");
export type PurchaseProposal = z.infer<typeof purchaseProposalSchema>;

/** What was asked of purchasing and is not here yet; plans count on it. */
export const listPurchaseProposals = createRoute({
  method: "get",
  path: "/api/planning/purchase-proposals",
  tags,
  responses: { 200: json(rowsOf(purchaseProposalSchema), "Open, ≤ 1,000"), ...problemResponses },
});

/** It arrived or will not: plans no longer count on it. @throws purchase_proposal.unknown */
export const closePurchaseProposal = createRoute({
  method: "post",
  path: "/api/planning/purchase-proposals/{purchaseProposalId}/close",
  tags,
  request: {
    params: z.object({ purchaseProposalId: z.uuid().toLowerCase() }),
    headers: idempotencyHeaderSchema,
  },
  responses: { 200: json(purchaseProposalSchema, "Closed"), ...problemResponses },
});
