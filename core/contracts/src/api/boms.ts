import { createRoute, z } from "@hono/zod-openapi";

import { bomStates, consumptionRules, itemKinds } from "../states/engineering.ts";
import {
  daySchema,
  percentSchema,
  positiveQuantitySchema,
  priceSchema,
  quantitySchema,
} from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  note,
  problemResponses,
  requiredText,
  rowsOf,
} from "./problem.ts";

/** Days a thing holds: from `from` on, until the day before `to`; null is open. */
const effectivity = {
  from: daySchema.nullable().default(null),
  to: daySchema.nullable().default(null),
};

const alternateSchema = z.object({
  itemId: z.uuid(),
  priority: z.number().int().min(1).max(99),
  quantity: positiveQuantitySchema,
  uom: requiredText(10),
});

export const bomLineSchema = z.object({
  /** Order on paper and screen, unique in the BOM. */
  position: z.number().int().min(1).max(99_999),
  itemId: z.uuid(),
  /** Of the component, for `BomInput.quantity` of the product. */
  quantity: positiveQuantitySchema,
  /** Any unit that converts to the component's own. */
  uom: requiredText(10),
  /** Added on top: 5 means 1.05 times the quantity is taken. */
  scrapPercent: percentSchema.default("0"),
  ...effectivity,
  consumption: z.enum(consumptionRules).default("flexible"),
  /** Routing step that takes it; null: the first. */
  step: z.number().int().positive().nullable().default(null),
  /** What may be taken instead, priority 1 first; `quantity` replaces the line's. */
  alternates: z.array(alternateSchema).max(20).default([]),
  note: note(500).default(""),
});
export type BomLine = z.infer<typeof bomLineSchema>;

export const byProductSchema = z.object({
  itemId: z.uuid(),
  quantity: positiveQuantitySchema,
  uom: requiredText(10),
  /** Share of the cost of the whole that this output bears; all together below 100. */
  costSharePercent: percentSchema.default("0"),
});

export const bomInputSchema = z
  .object({
    /** Of the item, such as `A` or `2026-1`. */
    revision: requiredText(20),
    /** What the lines are for, in the product's unit: 1, or a batch of 500 kg. */
    quantity: positiveQuantitySchema.default("1" as never),
    lines: z.array(bomLineSchema).max(5000),
    byProducts: z.array(byProductSchema).max(50).default([]),
    note: note(2000).default(""),
  })
  .openapi("BomInput");
export type BomInput = z.infer<typeof bomInputSchema>;

export const bomHeadSchema = z.object({
  bomId: z.uuid(),
  itemId: z.uuid(),
  revision: z.string(),
  state: z.enum(bomStates),
  /** Days on which this revision is the one; null on a draft. */
  from: daySchema.nullable(),
  to: daySchema.nullable(),
  lineCount: z.number().int(),
  version: z.number().int(),
});

const namedItem = {
  itemNumber: z.string(),
  itemName: z.string(),
  itemKind: z.enum(itemKinds),
  itemUom: z.string(),
};

export const bomSchema = bomHeadSchema
  .extend({
    itemNumber: z.string(),
    itemName: z.string(),
    itemUom: z.string(),
    quantity: quantitySchema,
    note: z.string(),
    lines: z.array(
      bomLineSchema.extend({
        ...namedItem,
        alternates: z.array(alternateSchema.extend(namedItem)),
      }),
    ),
    byProducts: z.array(byProductSchema.extend(namedItem)),
  })
  .openapi("Bom");
export type Bom = z.infer<typeof bomSchema>;

const itemParams = z.object({ itemId: z.uuid().toLowerCase() });
const bomParams = z.object({ bomId: z.uuid().toLowerCase() });
const bomAnswer = { 200: json(bomSchema, "The BOM; ETag is its version"), ...problemResponses };

export const listBoms = createRoute({
  method: "get",
  path: "/api/items/{itemId}/boms",
  tags: ["bills of materials"],
  request: { params: itemParams },
  responses: {
    200: json(rowsOf(bomHeadSchema), "Revisions, newest first, ≤ 500"),
    ...problemResponses,
  },
});

/**
 * A draft revision. Refusals: bom.cycle (names it) · bom.revision_taken · bom.position_twice ·
 * bom.line_twice · bom.dates_reversed · item.unknown · uom.no_conversion · bom.cost_share_too_high
 */
export const createBom = createRoute({
  method: "post",
  path: "/api/items/{itemId}/boms",
  tags: ["bills of materials"],
  request: {
    params: itemParams,
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(bomInputSchema, "The revision") },
  },
  responses: { 201: json(bomSchema, "Drafted"), ...problemResponses },
});

export const getBom = createRoute({
  method: "get",
  path: "/api/boms/{bomId}",
  tags: ["bills of materials"],
  request: { params: bomParams },
  responses: bomAnswer,
});

/** Only a draft changes; an approved revision is copied to a new one. @throws bom.not_draft */
export const changeBom = createRoute({
  method: "put",
  path: "/api/boms/{bomId}",
  tags: ["bills of materials"],
  request: {
    params: bomParams,
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(bomInputSchema, "As it shall be") },
  },
  responses: bomAnswer,
});

/**
 * Approves a draft from a day on; the revision before it ends that day. Companies that work with
 * engineering changes give this right to nobody. @throws bom.not_draft · bom.effectivity_overlaps
 */
export const approveBom = createRoute({
  method: "post",
  path: "/api/boms/{bomId}/approve",
  tags: ["bills of materials"],
  request: {
    params: bomParams,
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(z.object({ from: daySchema }), "First day") },
  },
  responses: bomAnswer,
});

/** One row of the tree, depth first: a row's children follow it with `level` + 1. */
export const bomTreeRowSchema = z.object({
  level: z.number().int(),
  position: z.number().int(),
  itemId: z.uuid(),
  itemNumber: z.string(),
  itemName: z.string(),
  itemKind: z.enum(itemKinds),
  uom: z.string(),
  bomId: z.uuid().nullable(),
  revision: z.string().nullable(),
  /** Per one unit of the item above, in this row's unit, scrap included. */
  quantityPer: quantitySchema,
  /** For the whole quantity that was asked, in this row's unit. */
  quantity: quantitySchema,
  unitCost: priceSchema.nullable(),
  cost: priceSchema.nullable(),
  /** Free stock of the item everywhere; several rows of one item share it. */
  available: quantitySchema,
  hasAlternates: z.boolean(),
});
export type BomTreeRow = z.infer<typeof bomTreeRowSchema>;

export const getBomTree = createRoute({
  method: "get",
  path: "/api/items/{itemId}/bom-tree",
  tags: ["bills of materials"],
  request: {
    params: itemParams,
    query: z.object({
      /** Left out: today at the site. */
      day: daySchema.optional(),
      quantity: positiveQuantitySchema.optional(),
      /** A revision that is not effective yet, for the top level. */
      bomId: z.uuid().optional(),
      levels: z.coerce.number().int().min(1).max(50).default(50),
    }),
  },
  responses: {
    200: json(
      z.object({
        rows: z.array(bomTreeRowSchema),
        /** More than 10,000 rows: ask for fewer levels, or for a part of the tree. */
        isCut: z.boolean(),
        /** Items without a price that keep the cost from being known. */
        unpriced: z.array(z.object({ itemId: z.uuid(), itemNumber: z.string() })),
      }),
      "Explosion with costs and availability",
    ),
    ...problemResponses,
  },
});

export const getWhereUsed = createRoute({
  method: "get",
  path: "/api/items/{itemId}/where-used",
  tags: ["bills of materials"],
  request: {
    params: itemParams,
    query: z.object({
      day: daySchema.optional(),
      /** Also products of the products, up to the top. */
      isDeep: z.stringbool().default(true),
    }),
  },
  responses: {
    200: json(
      z.object({
        rows: z.array(
          z.object({
            /** 1: uses it directly. The shortest way, when there are several. */
            level: z.number().int(),
            itemId: z.uuid(),
            itemNumber: z.string(),
            itemName: z.string(),
            bomId: z.uuid(),
            revision: z.string(),
            /** Of the asked item in one unit of this one, over all ways, scrap included. */
            quantityPer: quantitySchema,
          }),
        ),
        isCut: z.boolean(),
      }),
      "Products that need it, nearest first, ≤ 10,000",
    ),
    ...problemResponses,
  },
});

export const compareBoms = createRoute({
  method: "get",
  path: "/api/boms/{bomId}/compare/{otherBomId}",
  tags: ["bills of materials"],
  request: { params: bomParams.extend({ otherBomId: z.uuid().toLowerCase() }) },
  responses: {
    200: json(
      rowsOf(
        z.object({
          change: z.enum(["added", "removed", "changed"]),
          itemId: z.uuid(),
          itemNumber: z.string(),
          itemName: z.string(),
          position: z.number().int(),
          fields: z.array(
            z.object({
              field: z.string(),
              before: z.string().nullable(),
              after: z.string().nullable(),
            }),
          ),
        }),
      ),
      "Lines that differ, by position",
    ),
    ...problemResponses,
  },
});

/**
 * Replaces an item by another in every BOM that is effective on or after a day, each as a new approved
 * revision from that day; a dry run lists what would change. All or none.
 */
export const replaceInBoms = createRoute({
  method: "post",
  path: "/api/boms/replace-item",
  tags: ["bills of materials"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          itemId: z.uuid(),
          byItemId: z.uuid(),
          /** New quantity = old × this. */
          quantityFactor: positiveQuantitySchema.default("1" as never),
          from: daySchema,
          isDryRun: z.boolean().default(false),
        }),
        "What by what",
      ),
    },
  },
  responses: {
    200: json(
      rowsOf(
        z.object({
          itemId: z.uuid(),
          itemNumber: z.string(),
          revision: z.string(),
          /** Null in a dry run. */
          newBomId: z.uuid().nullable(),
        }),
      ),
      "BOMs that change, ≤ 5,000",
    ),
    ...problemResponses,
  },
});

/** Rolls costs up over all levels and stores them as standard costs of every made item. */
export const rollUpCosts = createRoute({
  method: "post",
  path: "/api/cost-roll-ups",
  tags: ["bills of materials"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(z.object({ day: daySchema.optional() }), "Which day's BOMs") },
  },
  responses: {
    200: json(
      z.object({
        items: z.number().int(),
        changed: z.number().int(),
        unpriced: z.array(z.object({ itemId: z.uuid(), itemNumber: z.string() })).max(1000),
      }),
      "How many items have a cost now",
    ),
    ...problemResponses,
  },
});
