import { createRoute, z } from "@hono/zod-openapi";

import { gaugeFindings, gaugeRoles, proposalKinds, proposalStates } from "../states/gauges.ts";
import { iso8601Schema, positiveQuantitySchema, quantitySchema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  requiredText,
} from "./problem.ts";

const idSchema = z.uuid().toLowerCase();
const fromZeroSchema = quantitySchema.refine(
  (text) => !text.startsWith("-"),
  "must not be negative",
);
const commandSchema = z.object({ isAllowed: z.boolean(), reason: z.string().nullable() });

// --- gauges ----------------------------------------------------------------------------------------

const gaugeInput = {
  /** The machine, silo or scale whose binding in this role says how much there is. */
  workUnitId: idSchema,
  role: z.enum(gaugeRoles),
  /** Needed when several metrics of the work unit have the role. */
  metricName: requiredText(500).nullable().default(null),
  /** The bin that it measures; one gauge per bin. */
  locationId: idSchema,
  itemId: idSchema,
  /** Units of the item per unit of the metric: 10 for percent of a silo of 1,000 kg. */
  factor: positiveQuantitySchema,
  /** In the item's unit; differences up to it are noise, and nothing is proposed. */
  tolerance: fromZeroSchema.default(quantitySchema.parse("0")),
  /** Below it a refill up to `refillTo` is proposed; null: never. */
  refillBelow: positiveQuantitySchema.nullable().default(null),
  refillTo: positiveQuantitySchema.nullable().default(null),
  /** Adjustments up to it are confirmed by rule; null: a person confirms each. */
  autoConfirmUpTo: positiveQuantitySchema.nullable().default(null),
  /** Refills are confirmed by rule. */
  isRefillAutomatic: z.boolean().default(false),
  isActive: z.boolean().default(true),
};

export const gaugeInputSchema = z.object(gaugeInput).openapi("StockGaugeInput");
export type GaugeInput = z.infer<typeof gaugeInputSchema>;

export const gaugeSchema = z
  .object({
    gaugeId: z.uuid(),
    ...gaugeInput,
    workUnitName: z.string(),
    locationCode: z.string(),
    itemNumber: z.string(),
    uom: z.string(),
    /** What the sensor says now, and how old that is; `measured` in the item's unit. */
    finding: z.enum(gaugeFindings),
    measured: quantitySchema.nullable(),
    sourceTime: iso8601Schema.nullable(),
    /** The books, in the item's unit. */
    expected: quantitySchema,
    version: z.number().int(),
  })
  .openapi("StockGauge");
export type StockGauge = z.infer<typeof gaugeSchema>;

export const listGauges = createRoute({
  method: "get",
  path: "/api/stock/gauges",
  tags: ["warehouse"],
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(gaugeSchema), "By bin"), ...problemResponses },
});

/** @throws gauge.place_taken · gauge.refill_unclear · gauge.serial_item · location.not_a_bin */
export const createGauge = createRoute({
  method: "post",
  path: "/api/stock/gauges",
  tags: ["warehouse"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(gaugeInputSchema, "What measures which bin") },
  },
  responses: { 201: json(gaugeSchema, "The gauge"), ...problemResponses },
});

/** What was proposed and not decided lapses: it was measured by other rules. */
export const changeGauge = createRoute({
  method: "put",
  path: "/api/stock/gauges/{gaugeId}",
  tags: ["warehouse"],
  request: {
    params: z.object({ gaugeId: idSchema }),
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(gaugeInputSchema, "What measures which bin") },
  },
  responses: { 200: json(gaugeSchema, "The gauge"), ...problemResponses },
});

// --- proposals -------------------------------------------------------------------------------------

export const stockProposalSchema = z
  .object({
    proposalId: z.uuid(),
    gaugeId: z.uuid(),
    kind: z.enum(proposalKinds),
    state: z.enum(proposalStates),
    locationId: z.uuid(),
    locationCode: z.string(),
    itemId: z.uuid(),
    itemNumber: z.string(),
    uom: z.string(),
    /** The books and the sensor at the same moment, and what to book or to bring. */
    expected: quantitySchema,
    measured: quantitySchema,
    difference: quantitySchema,
    sourceTime: iso8601Schema,
    /** Why it was rejected; empty otherwise. */
    reason: z.string(),
    decidedBy: z.string().nullable(),
    decidedTime: iso8601Schema.nullable(),
    createdTime: iso8601Schema,
    commands: z.object({ confirm: commandSchema, reject: commandSchema }),
  })
  .openapi("StockProposal");
export type StockProposal = z.infer<typeof stockProposalSchema>;

const proposalParams = z.object({ proposalId: idSchema });
const proposalAnswer = { 200: json(stockProposalSchema, "The proposal"), ...problemResponses };

export const listProposals = createRoute({
  method: "get",
  path: "/api/stock/proposals",
  tags: ["warehouse"],
  request: {
    query: pageQuerySchema.extend({
      state: z.enum(proposalStates).optional(),
      gaugeId: idSchema.optional(),
    }),
  },
  responses: { 200: json(pageOf(stockProposalSchema), "Newest first"), ...problemResponses },
});

/**
 * Books an adjustment, or asks for a refill. `difference` is the one that was read: a newer reading may
 * have changed it. @throws proposal.changed · proposal.transition_refused · proposal.lot_unclear
 */
export const confirmProposal = createRoute({
  method: "post",
  path: "/api/stock/proposals/{proposalId}/confirm",
  tags: ["warehouse"],
  request: {
    params: proposalParams,
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(z.object({ difference: quantitySchema }), "What was read") },
  },
  responses: proposalAnswer,
});

/** The same is not proposed again until the gauge measures something else. */
export const rejectProposal = createRoute({
  method: "post",
  path: "/api/stock/proposals/{proposalId}/reject",
  tags: ["warehouse"],
  request: {
    params: proposalParams,
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(z.object({ reason: requiredText(500) }), "Why not") },
  },
  responses: proposalAnswer,
});
