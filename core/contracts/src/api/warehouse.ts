import { createRoute, z } from "@hono/zod-openapi";

import { reservationStates } from "../states/stock.ts";
import {
  countCommandNames,
  countStates,
  transferCommandNames,
  transferStates,
} from "../states/warehouse.ts";
import {
  daySchema,
  iso8601Schema,
  positiveQuantitySchema,
  quantitySchema,
} from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  json,
  note,
  pageOf,
  pageQuerySchema,
  problemResponses,
  requiredText,
  rowsOf,
} from "./problem.ts";

const idSchema = z.uuid().toLowerCase();
const commandsSchema = z.record(
  z.string(),
  z.object({ isAllowed: z.boolean(), reason: z.string().nullable() }),
);

/** Stock of an item in one place and lot, as people read it. */
const placed = {
  itemId: z.uuid(),
  itemNumber: z.string(),
  uom: z.string(),
  locationId: z.uuid(),
  locationCode: z.string(),
  lotId: z.uuid().nullable(),
  lotNumber: z.string().nullable(),
};

// --- reservations ----------------------------------------------------------------------------------

export const reservationSchema = z
  .object({
    reservationId: z.uuid(),
    ...placed,
    quantity: quantitySchema,
    consumed: quantitySchema,
    state: z.enum(reservationStates),
    reference: z.string(),
    createdTime: iso8601Schema,
    commands: commandsSchema,
  })
  .openapi("Reservation");
export type ReservationOnTheWire = z.infer<typeof reservationSchema>;

export const listReservations = createRoute({
  method: "get",
  path: "/api/stock/reservations",
  tags: ["warehouse"],
  request: {
    query: pageQuerySchema.extend({
      itemId: idSchema.optional(),
      state: z.enum(reservationStates).optional(),
      reference: requiredText(100).optional(),
    }),
  },
  responses: { 200: json(pageOf(reservationSchema), "Newest first"), ...problemResponses },
});

export const createReservation = createRoute({
  method: "post",
  path: "/api/stock/reservations",
  tags: ["warehouse"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          itemId: idSchema,
          locationId: idSchema,
          lotId: idSchema.nullable().default(null),
          quantity: positiveQuantitySchema,
          /** What it is for, such as `work_order:<uuid>`. */
          reference: requiredText(100),
        }),
        "What to keep, and for what",
      ),
    },
  },
  responses: { 201: json(reservationSchema, "Reserved"), ...problemResponses },
});

export const commandReservation = createRoute({
  method: "post",
  path: "/api/stock/reservations/{reservationId}/{command}",
  tags: ["warehouse"],
  request: {
    params: z.object({ reservationId: idSchema, command: z.enum(["pick", "release"]) }),
    headers: idempotencyHeaderSchema,
  },
  responses: { 200: json(reservationSchema, "After the command"), ...problemResponses },
});

// --- suggestions -----------------------------------------------------------------------------------

/** First expired, first out; then what lies longest; then the smallest rest, so that bins get empty. */
export const suggestPicks = createRoute({
  method: "get",
  path: "/api/stock/suggestions/picks",
  tags: ["warehouse"],
  request: {
    query: z.object({
      itemId: idSchema,
      quantity: positiveQuantitySchema,
      /** Only from bins below this warehouse or zone. */
      withinId: idSchema.optional(),
    }),
  },
  responses: {
    200: json(
      z.object({
        rows: z.array(
          z.object({
            ...placed,
            lotExpiresTime: iso8601Schema.nullable(),
            quantity: quantitySchema,
          }),
        ),
        /** What no bin has; 0 when all is found. */
        missing: quantitySchema,
      }),
      "Bins in the order to go to",
    ),
    ...problemResponses,
  },
});

/** Where the item lies already, most of it first; then bins that are empty. */
export const suggestPutAways = createRoute({
  method: "get",
  path: "/api/stock/suggestions/put-aways",
  tags: ["warehouse"],
  request: { query: z.object({ itemId: idSchema, withinId: idSchema.optional() }) },
  responses: {
    200: json(
      rowsOf(
        z.object({
          locationId: z.uuid(),
          locationCode: z.string(),
          reason: z.enum(["same_item", "empty"]),
          /** Of the item, there now. */
          quantity: quantitySchema,
        }),
      ),
      "Bins to put it in, best first, ≤ 20",
    ),
    ...problemResponses,
  },
});

// --- transfers -------------------------------------------------------------------------------------

export const transferInputSchema = z
  .object({
    /** Warehouses, or any place with bins below it. */
    fromId: idSchema,
    toId: idSchema,
    lines: z
      .array(z.object({ itemId: idSchema, quantity: positiveQuantitySchema }))
      .min(1)
      .max(500),
    /** Days at the site on which it should leave and is needed; null: nobody said. */
    shipDay: daySchema.nullable().default(null),
    dueDay: daySchema.nullable().default(null),
    note: note(2000).default(""),
  })
  .openapi("TransferInput");
export type TransferInput = z.infer<typeof transferInputSchema>;

export const transferSchema = z
  .object({
    transferId: z.uuid(),
    number: z.string(),
    state: z.enum(transferStates),
    fromId: z.uuid(),
    fromCode: z.string(),
    toId: z.uuid(),
    toCode: z.string(),
    shipDay: daySchema.nullable(),
    dueDay: daySchema.nullable(),
    note: z.string(),
    lines: z.array(
      z.object({
        itemId: z.uuid(),
        itemNumber: z.string(),
        itemUom: z.string(),
        quantity: quantitySchema,
        shipped: quantitySchema,
        received: quantitySchema,
        /** Booked out of in-transit with a reason, because it never arrived. */
        lost: quantitySchema,
      }),
    ),
    commands: commandsSchema,
    createdTime: iso8601Schema,
    version: z.number().int(),
  })
  .openapi("Transfer");
export type Transfer = z.infer<typeof transferSchema>;

const transferParams = z.object({ transferId: idSchema });
const transferAnswer = { 200: json(transferSchema, "The transfer"), ...problemResponses };

export const listTransfers = createRoute({
  method: "get",
  path: "/api/transfers",
  tags: ["warehouse"],
  request: { query: pageQuerySchema.extend({ state: z.enum(transferStates).optional() }) },
  responses: { 200: json(pageOf(transferSchema), "Newest first"), ...problemResponses },
});

export const createTransfer = createRoute({
  method: "post",
  path: "/api/transfers",
  tags: ["warehouse"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(transferInputSchema, "What goes where") },
  },
  responses: { 201: json(transferSchema, "Drafted"), ...problemResponses },
});

export const getTransfer = createRoute({
  method: "get",
  path: "/api/transfers/{transferId}",
  tags: ["warehouse"],
  request: { params: transferParams },
  responses: transferAnswer,
});

export const commandTransfer = createRoute({
  method: "post",
  path: "/api/transfers/{transferId}/{command}",
  tags: ["warehouse"],
  request: {
    params: transferParams.extend({ command: z.enum(transferCommandNames) }),
    headers: idempotencyHeaderSchema,
  },
  responses: transferAnswer,
});

/** Stock of one bin or into one bin; `quantity` in the item's unit. */
const placedLineSchema = z.object({
  itemId: idSchema,
  locationId: idSchema,
  lotNumber: z.string().trim().min(1).max(80).nullable().default(null),
  quantity: positiveQuantitySchema,
});

/** Everything leaves at once, from bins below the source. @throws transfer.more_than_asked */
export const shipTransfer = createRoute({
  method: "post",
  path: "/api/transfers/{transferId}/shipment",
  tags: ["warehouse"],
  request: {
    params: transferParams,
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(z.object({ lines: z.array(placedLineSchema).min(1).max(1000) }), "From which bins"),
    },
  },
  responses: transferAnswer,
});

/**
 * What arrived, into bins below the target; as often as needed. `isComplete` says that nothing more
 * comes: what is still in transit is then booked out by an adjustment with the reason.
 */
export const receiveTransfer = createRoute({
  method: "post",
  path: "/api/transfers/{transferId}/receipt",
  tags: ["warehouse"],
  request: {
    params: transferParams,
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          lines: z.array(placedLineSchema).max(1000),
          isComplete: z.boolean().default(false),
          /** Needed when something is missing. */
          reason: note(500).default(""),
        }),
        "Into which bins",
      ),
    },
  },
  responses: transferAnswer,
});

// --- cycle counts ----------------------------------------------------------------------------------

export const countSchema = z
  .object({
    countId: z.uuid(),
    number: z.string(),
    locationId: z.uuid(),
    locationCode: z.string(),
    state: z.enum(countStates),
    /** Who counts: nobody else may report; null while nobody has begun. */
    countedBy: z.string().nullable(),
    /**
     * What was found. `expected` and `difference` are null until the count is in: who counts must not
     * know what the books say.
     */
    lines: z.array(
      z.object({
        itemId: z.uuid(),
        itemNumber: z.string(),
        uom: z.string(),
        lotNumber: z.string().nullable(),
        counted: quantitySchema.nullable(),
        expected: quantitySchema.nullable(),
        difference: quantitySchema.nullable(),
      }),
    ),
    commands: commandsSchema,
    createdTime: iso8601Schema,
    countedTime: iso8601Schema.nullable(),
    version: z.number().int(),
  })
  .openapi("CycleCount");
export type CycleCount = z.infer<typeof countSchema>;

const countParams = z.object({ countId: idSchema });
const countAnswer = { 200: json(countSchema, "The count"), ...problemResponses };

export const listCounts = createRoute({
  method: "get",
  path: "/api/cycle-counts",
  tags: ["warehouse"],
  request: { query: pageQuerySchema.extend({ state: z.enum(countStates).optional() }) },
  responses: { 200: json(pageOf(countSchema), "Newest first"), ...problemResponses },
});

/** One bin at a time is counted once. @throws count.bin_in_count · location.not_a_bin */
export const createCount = createRoute({
  method: "post",
  path: "/api/cycle-counts",
  tags: ["warehouse"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(z.object({ locationId: idSchema }), "The bin") },
  },
  responses: { 201: json(countSchema, "Opened"), ...problemResponses },
});

export const getCount = createRoute({
  method: "get",
  path: "/api/cycle-counts/{countId}",
  tags: ["warehouse"],
  request: { params: countParams },
  responses: countAnswer,
});

/**
 * Everything that lies in the bin, what is not listed being none. The books of this moment are kept
 * beside it. @throws count.other_counter (409): somebody else counts this bin
 */
export const reportCount = createRoute({
  method: "post",
  path: "/api/cycle-counts/{countId}/report",
  tags: ["warehouse"],
  request: {
    params: countParams,
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          lines: z
            .array(
              z.object({
                itemId: idSchema,
                lotNumber: z.string().trim().min(1).max(80).nullable().default(null),
                quantity: quantitySchema.refine(
                  (text) => !text.startsWith("-"),
                  "must not be negative",
                ),
              }),
            )
            .max(1000),
        }),
        "What was found",
      ),
    },
  },
  responses: countAnswer,
});

/**
 * `post` books the differences as adjustments on what lies there now; `recount` asks for a second count
 * by whoever begins.
 */
export const commandCount = createRoute({
  method: "post",
  path: "/api/cycle-counts/{countId}/{command}",
  tags: ["warehouse"],
  request: {
    params: countParams.extend({ command: z.enum(countCommandNames) }),
    headers: idempotencyHeaderSchema,
  },
  responses: countAnswer,
});
