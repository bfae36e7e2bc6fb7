import { createRoute, z } from "@hono/zod-openapi";

import { demandSorts } from "../states/index.ts";
import { demandKinds } from "../states/planning.ts";
import { daySchema, positiveQuantitySchema, quantitySchema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  sortedBy,
  text,
} from "./problem.ts";
import { exportOf, importOf } from "./tables.ts";

const tags = ["planning"];

export const demandInputSchema = z
  .object({
    kind: z.enum(demandKinds),
    itemId: z.uuid(),
    /** In the item's uom. */
    quantity: positiveQuantitySchema,
    dueDay: daySchema,
    /** Where it is needed, a location of kind site; null: anywhere. */
    siteId: z.uuid().nullable().default(null),
    /** Whose it is: number and line of a sales order, name of a forecast. */
    reference: text(100).default(""),
  })
  .openapi("DemandInput");
export type DemandInput = z.infer<typeof demandInputSchema>;

export const demandSchema = demandInputSchema
  .extend({
    demandId: z.uuid(),
    quantity: quantitySchema,
    itemNumber: z.string(),
    itemName: z.string(),
    uom: z.string(),
    siteCode: z.string().nullable(),
    version: z.number().int(),
  })
  .openapi("Demand");
export type Demand = z.infer<typeof demandSchema>;

const params = z.object({ demandId: z.uuid().toLowerCase() });

/** What is asked for from outside, until sales orders and forecasts have contexts of their own. */
export const listDemands = createRoute({
  method: "get",
  path: "/api/planning/demands",
  tags,
  request: {
    query: pageQuerySchema.extend({ ...sortedBy(demandSorts), search: text(100).optional() }),
  },
  responses: { 200: json(pageOf(demandSchema), "By due day"), ...problemResponses },
});

/** @throws item.unknown */
export const createDemand = createRoute({
  method: "post",
  path: "/api/planning/demands",
  tags,
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(demandInputSchema, "The demand") },
  },
  responses: { 201: json(demandSchema, "Created"), ...problemResponses },
});

export const changeDemand = createRoute({
  method: "put",
  path: "/api/planning/demands/{demandId}",
  tags,
  request: {
    params,
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(demandInputSchema, "As it shall be") },
  },
  responses: { 200: json(demandSchema, "As changed"), ...problemResponses },
});

export const deleteDemand = createRoute({
  method: "delete",
  path: "/api/planning/demands/{demandId}",
  tags,
  request: { params },
  responses: { 200: json(demandSchema, "As it was"), ...problemResponses },
});

export const exportDemands = exportOf(listDemands);
/** Items by number; all rows are made, or none. */
export const importDemands = importOf(listDemands);
