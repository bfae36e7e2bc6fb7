import { createRoute, z } from "@hono/zod-openapi";

import { itemSorts } from "../states/index.ts";
import { itemKinds } from "../states/engineering.ts";
import { trackings } from "../states/stock.ts";
import { positiveQuantitySchema, priceSchema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  note,
  pageOf,
  pageQuerySchema,
  problemResponses,
  sortedBy,
  requiredText,
  rowsOf,
  text,
} from "./problem.ts";

/** Another work center that can do a step, slower or faster; priority 1 is tried first. */
const alternativeSchema = z.object({
  workCenterId: z.uuid(),
  priority: z.number().int().min(1).max(99),
  runMsPerUnit: z.number().positive(),
  setupMs: z.number().nonnegative(),
});

export const routingStepSchema = z.object({
  step: z.number().int().positive(),
  name: requiredText(100),
  workCenterId: z.uuid(),
  runMsPerUnit: z.number().positive(),
  setupMs: z.number().nonnegative(),
  alternatives: z.array(alternativeSchema).max(20).default([]),
  /** Pieces after which the next step may begin (overlap); null: it waits for the whole order. */
  transferQuantity: positiveQuantitySchema.nullable().default(null),
  /** Setup family: what counts for the setup matrix of its work center. */
  setupFamilyId: z.uuid().nullable().default(null),
  /** Skills and tools that must be free while it runs. */
  capabilityIds: z.array(z.uuid()).max(10).default([]),
});
export type RoutingStep = z.infer<typeof routingStepSchema>;

export const itemSchema = z
  .object({
    itemId: z.uuid(),
    number: requiredText(60),
    name: requiredText(200),
    kind: z.enum(itemKinds),
    uom: requiredText(10),
    description: note(4000).default(""),
    /** Of the drawing or specification; the BOM has revisions of its own. */
    revision: text(20).default(""),
    tracking: z.enum(trackings).default("none"),
    /** What one unit costs to buy, in the company's currency; null: unknown, which a roll-up names. */
    purchasePrice: priceSchema.nullable().default(null),
    /** Lot that the standard cost is for: setups are spread over it; null: they are left out. */
    costLotSize: positiveQuantitySchema.nullable().default(null),
    operations: z.array(routingStepSchema).max(200),
  })
  .openapi("Item");
export type Item = z.infer<typeof itemSchema>;

export const storedItemSchema = itemSchema
  .extend({
    version: z.number().int(),
    uomDecimals: z.number().int(),
    /** Result of the last roll-up, per unit; null: never rolled up, or something below has no price. */
    standardCost: priceSchema.nullable(),
  })
  .openapi("StoredItem");
export type StoredItem = z.infer<typeof storedItemSchema>;

export const listItems = createRoute({
  method: "get",
  path: "/api/items",
  tags: ["engineering"],
  request: {
    query: pageQuerySchema.extend({
      ...sortedBy(itemSorts),
      search: text(100).optional(),
      kind: z.enum(itemKinds).optional(),
    }),
  },
  responses: { 200: json(pageOf(storedItemSchema), "By number"), ...problemResponses },
});

/** An item with its routing. Refusals: item.number_taken · uom.unknown · work_center.unknown · … */
export const createItem = createRoute({
  method: "post",
  path: "/api/items",
  tags: ["engineering"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(itemSchema.omit({ itemId: true }), "The item") },
  },
  responses: { 201: json(storedItemSchema, "Created"), ...problemResponses },
});

const itemParams = z.object({ itemId: z.uuid().toLowerCase() });

export const getItem = createRoute({
  method: "get",
  path: "/api/items/{itemId}",
  tags: ["engineering"],
  request: { params: itemParams },
  responses: { 200: json(storedItemSchema, "The item; ETag is its version"), ...problemResponses },
});

/**
 * Replaces item and routing; orders that exist keep the routing they were drafted with. The unit and
 * the tracking of an item that has moved or is in a BOM stay. @throws item.uom_in_use
 */
export const changeItem = createRoute({
  method: "put",
  path: "/api/items/{itemId}",
  tags: ["engineering"],
  request: {
    params: itemParams,
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(itemSchema.omit({ itemId: true }), "As it shall be") },
  },
  responses: { 200: json(storedItemSchema, "As changed"), ...problemResponses },
});

// --- units of measure ------------------------------------------------------------------------------

export const uomSchema = z
  .object({
    uom: requiredText(10),
    name: requiredText(100),
    decimals: z.number().int().min(0).max(6),
    /** Known to every company, not to be changed. */
    isStandard: z.boolean(),
  })
  .openapi("Uom");

export const uomConversionSchema = z
  .object({
    /** Null: for every item. */
    itemId: z.uuid().nullable().default(null),
    from: requiredText(10),
    to: requiredText(10),
    /** One `from` is numerator ÷ denominator of `to`, exactly: 1 box = 12 ÷ 1 pc. */
    numerator: positiveQuantitySchema,
    denominator: positiveQuantitySchema,
  })
  .openapi("UomConversion");
export type UomConversion = z.infer<typeof uomConversionSchema>;

export const listUoms = createRoute({
  method: "get",
  path: "/api/uoms",
  tags: ["engineering"],
  responses: {
    200: json(
      z.object({ uoms: z.array(uomSchema), conversions: z.array(uomConversionSchema) }),
      "Standard units, those of the company, and conversions that hold for every item",
    ),
    ...problemResponses,
  },
});

export const createUom = createRoute({
  method: "post",
  path: "/api/uoms",
  tags: ["engineering"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(uomSchema.omit({ isStandard: true }), "The unit") },
  },
  responses: { 201: json(uomSchema, "Created"), ...problemResponses },
});

/** @throws uom.conversion_contradicts: another way from one to the other gives another number */
export const createUomConversion = createRoute({
  method: "post",
  path: "/api/uom-conversions",
  tags: ["engineering"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(uomConversionSchema, "The conversion") },
  },
  responses: { 201: json(uomConversionSchema, "Created"), ...problemResponses },
});

// --- setup families, setup matrix, skills and tools ------------------------------------------------

export const setupFamilySchema = z
  .object({ setupFamilyId: z.uuid(), name: requiredText(100) })
  .openapi("SetupFamily");

export const setupMatrixSchema = z
  .object({
    families: z.array(setupFamilySchema).max(200),
    /** Minutes from one family to another; a pair that is not listed takes the operation's own setup. */
    setups: z
      .array(
        z.object({
          /** Null: on every work center without an entry of its own. */
          workCenterId: z.uuid().nullable(),
          fromFamilyId: z.uuid(),
          toFamilyId: z.uuid(),
          minutes: z.number().min(0).max(10_080),
        }),
      )
      .max(20_000),
    version: z.number().int(),
  })
  .openapi("SetupMatrix");
export type SetupMatrix = z.infer<typeof setupMatrixSchema>;

export const getSetupMatrix = createRoute({
  method: "get",
  path: "/api/setup-matrix",
  tags: ["engineering"],
  responses: { 200: json(setupMatrixSchema, "Families and minutes"), ...problemResponses },
});

export const replaceSetupMatrix = createRoute({
  method: "put",
  path: "/api/setup-matrix",
  tags: ["engineering"],
  request: {
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(setupMatrixSchema.omit({ version: true }), "As it shall be") },
  },
  responses: { 200: json(setupMatrixSchema, "As saved"), ...problemResponses },
});

/** A skill people have or a tool there is: `capacity` operations may use it at a time. */
export const capabilitySchema = z
  .object({
    capabilityId: z.uuid(),
    kind: z.enum(["skill", "tool"]),
    name: requiredText(100),
    capacity: z.number().int().min(0).max(1000),
  })
  .openapi("Capability");

export const listCapabilities = createRoute({
  method: "get",
  path: "/api/capabilities",
  tags: ["engineering"],
  responses: {
    200: json(rowsOf(capabilitySchema), "By kind and name, ≤ 1,000"),
    ...problemResponses,
  },
});

export const createCapability = createRoute({
  method: "post",
  path: "/api/capabilities",
  tags: ["engineering"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(capabilitySchema.omit({ capabilityId: true }), "Skill or tool"),
    },
  },
  responses: { 201: json(capabilitySchema, "Created"), ...problemResponses },
});

// --- cost rates ------------------------------------------------------------------------------------

export const workCenterRateSchema = z
  .object({
    workCenterId: z.uuid(),
    /** Machine, people and overhead, in the company's currency. */
    costPerHour: priceSchema,
  })
  .openapi("WorkCenterRate");

export const listWorkCenterRates = createRoute({
  method: "get",
  path: "/api/work-center-rates",
  tags: ["engineering"],
  responses: { 200: json(rowsOf(workCenterRateSchema), "Those that are set"), ...problemResponses },
});

/** Counts in the next roll-up; what was rolled up stays. */
export const setWorkCenterRate = createRoute({
  method: "put",
  path: "/api/work-center-rates/{workCenterId}",
  tags: ["engineering"],
  request: {
    params: z.object({ workCenterId: z.uuid().toLowerCase() }),
    body: { required: true, ...json(workCenterRateSchema.pick({ costPerHour: true }), "The rate") },
  },
  responses: { 200: json(workCenterRateSchema, "As set"), ...problemResponses },
});

/** Changes the prices of all bought items a filter finds, in one go: a supplier's new list. */
export const changePrices = createRoute({
  method: "post",
  path: "/api/items/price-change",
  tags: ["engineering"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          /** As in the list; left out: every bought item. */
          search: text(100).optional(),
          /** New price = old × this, rounded half up to 6 decimals. */
          factor: positiveQuantitySchema,
        }),
        "Which, and by how much",
      ),
    },
  },
  responses: {
    200: json(z.object({ changed: z.number().int() }), "How many prices are new"),
    ...problemResponses,
  },
});
