import { createRoute, z } from "@hono/zod-openapi";

import { balanceSorts, lotSorts } from "../states/index.ts";
import { locationKinds, lotCommandNames, lotStatuses, trackings } from "../states/stock.ts";
import { iso8601Schema, quantitySchema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  sortedBy,
} from "./problem.ts";

/** An id a client gives; the database writes ids in lower case, so equal ids are equal text. */
const idSchema = z.uuid().toLowerCase();

export const locationSchema = z
  .object({
    locationId: z.uuid(),
    parentId: z.uuid().nullable(),
    kind: z.enum(locationKinds),
    /** What is printed on the shelf and scanned; unique in the company. */
    code: z.string(),
    name: z.string(),
    allowsNegative: z.boolean(),
  })
  .openapi("Location");
export type Location = z.infer<typeof locationSchema>;

export const newLocationSchema = z
  .object({
    /** Above a warehouse a site, above a zone a warehouse, above a bin a zone or a warehouse. */
    parentId: idSchema.nullable().default(null),
    kind: z.enum(locationKinds),
    code: z.string().trim().min(1).max(40),
    name: z.string().trim().min(1).max(100),
    /** Left out: supplier, customer, production and adjustment may go below zero, nothing else. */
    allowsNegative: z.boolean().optional(),
  })
  .openapi("NewLocation");
export type NewLocation = z.infer<typeof newLocationSchema>;

export const listLocations = createRoute({
  method: "get",
  path: "/api/stock/locations",
  tags: ["inventory"],
  request: {
    query: pageQuerySchema.extend({
      kind: z.enum(locationKinds).optional(),
      parentId: idSchema.optional(),
    }),
  },
  responses: { 200: json(pageOf(locationSchema), "By code"), ...problemResponses },
});

export const createLocation = createRoute({
  method: "post",
  path: "/api/stock/locations",
  tags: ["inventory"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(newLocationSchema, "The location") },
  },
  responses: { 201: json(locationSchema, "Created"), ...problemResponses },
});

export const stockedItemSchema = z
  .object({
    itemId: idSchema,
    tracking: z.enum(trackings),
    /** Digits after the point that a quantity of the item may have; 0 for serials. */
    uomDecimals: z.number().int().min(0).max(6),
  })
  .openapi("StockedItem");
export type StockedItem = z.infer<typeof stockedItemSchema>;

/** Says how an item is kept in stock. Refused once it has moved. */
export const keepItem = createRoute({
  method: "post",
  path: "/api/stock/items",
  tags: ["inventory"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(stockedItemSchema, "How it is kept") },
  },
  responses: { 201: json(stockedItemSchema, "Kept so"), ...problemResponses },
});

export const moveToPostSchema = z
  .object({
    /** Made by who posts: the same move posted again acts once. */
    moveId: idSchema,
    itemId: idSchema,
    /** > 0, in the UoM of the item. */
    quantity: quantitySchema,
    fromLocationId: idSchema,
    toLocationId: idSchema,
    /** Number of the lot or serial, for items that have one. New when it comes from outside. */
    lotNumber: z.string().trim().min(1).max(80).nullable().default(null),
    /** For a lot that is new: from when on it is not available, and its first status. */
    lotExpiresTime: iso8601Schema.nullable().default(null),
    lotStatus: z.enum(["quarantine", "released"]).default("released"),
    reservationId: idSchema.nullable().default(null),
    reason: z.string().trim().min(1).max(200),
    /** What it is for, such as `work_order:<uuid>`. */
    reference: z.string().min(1).max(100).nullable().default(null),
    /** Left out: now. */
    movedTime: iso8601Schema.optional(),
  })
  .openapi("MoveToPost");
export type MoveToPost = z.infer<typeof moveToPostSchema>;

/** One posting is one transaction: it holds its balances locked until it ends. */
export const movesPerPostingMax = 1000;

export const postedSchema = z
  .object({
    /** Moves that were new. */
    posted: z.number().int(),
    /** Moves that were posted before and changed nothing now. */
    repeated: z.number().int(),
  })
  .openapi("Posted");
export type Posted = z.infer<typeof postedSchema>;

/** All moves or none. */
export const postMoves = createRoute({
  method: "post",
  path: "/api/stock/moves",
  tags: ["inventory"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({ moves: z.array(moveToPostSchema).min(1).max(movesPerPostingMax) }),
        "The moves",
      ),
    },
  },
  responses: { 201: json(postedSchema, "Posted"), ...problemResponses },
});

export const stockMoveSchema = z
  .object({
    moveId: z.uuid(),
    /** Order of the list; numbers may be missing. */
    position: z.string(),
    itemId: z.uuid(),
    itemNumber: z.string(),
    uom: z.string(),
    lotId: z.uuid().nullable(),
    lotNumber: z.string().nullable(),
    fromLocationId: z.uuid(),
    fromCode: z.string(),
    toLocationId: z.uuid(),
    toCode: z.string(),
    quantity: quantitySchema,
    reason: z.string(),
    reference: z.string().nullable(),
    movedTime: iso8601Schema,
    recordedTime: iso8601Schema,
  })
  .openapi("StockMove");
export type StockMove = z.infer<typeof stockMoveSchema>;

const stockFilter = {
  itemId: idSchema.optional(),
  locationId: idSchema.optional(),
  lotId: idSchema.optional(),
};

export const listMoves = createRoute({
  method: "get",
  path: "/api/stock/moves",
  tags: ["inventory"],
  request: { query: pageQuerySchema.extend(stockFilter) },
  responses: { 200: json(pageOf(stockMoveSchema), "Newest first"), ...problemResponses },
});

export const balanceSchema = z
  .object({
    itemId: z.uuid(),
    itemNumber: z.string(),
    uom: z.string(),
    locationId: z.uuid(),
    locationCode: z.string(),
    locationKind: z.enum(locationKinds),
    lotId: z.uuid().nullable(),
    lotNumber: z.string().nullable(),
    lotStatus: z.enum(lotStatuses).nullable(),
    lotExpiresTime: iso8601Schema.nullable(),
    quantity: quantitySchema,
    reserved: quantitySchema,
    /** What can be taken now: 0 outside of bins, and for lots that are not released or expired. */
    available: quantitySchema,
  })
  .openapi("StockBalance");
export type StockBalance = z.infer<typeof balanceSchema>;

/** Places that hold something, virtual ones only when asked for by location. */
export const listBalances = createRoute({
  method: "get",
  path: "/api/stock/balances",
  tags: ["inventory"],
  request: { query: pageQuerySchema.extend({ ...sortedBy(balanceSorts), ...stockFilter }) },
  responses: {
    200: json(pageOf(balanceSchema), "By item, location and lot number"),
    ...problemResponses,
  },
});

export const lotSchema = z
  .object({
    lotId: z.uuid(),
    itemId: z.uuid(),
    itemNumber: z.string(),
    number: z.string(),
    status: z.enum(lotStatuses),
    expiresTime: iso8601Schema.nullable(),
    isExpired: z.boolean(),
    /** Command → allowed now, or the reason why not, so that a button can say it. */
    commands: z.record(
      z.string(),
      z.object({ isAllowed: z.boolean(), reason: z.string().nullable() }),
    ),
  })
  .openapi("Lot");
export type Lot = z.infer<typeof lotSchema>;

export const listLots = createRoute({
  method: "get",
  path: "/api/stock/lots",
  tags: ["inventory"],
  request: {
    query: pageQuerySchema.extend({
      ...sortedBy(lotSorts),
      itemId: idSchema.optional(),
      status: z.enum(lotStatuses).optional(),
      /** A number is found by its beginning. */
      search: z.string().max(80).optional(),
    }),
  },
  responses: { 200: json(pageOf(lotSchema), "By number"), ...problemResponses },
});

export const commandLot = createRoute({
  method: "post",
  path: "/api/stock/lots/{lotId}/{command}",
  tags: ["inventory"],
  request: {
    params: z.object({ lotId: idSchema, command: z.enum(lotCommandNames) }),
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(z.object({ reason: z.string().trim().min(1).max(500) }), "Why"),
    },
  },
  responses: { 200: json(lotSchema, "The lot after the command"), ...problemResponses },
});
