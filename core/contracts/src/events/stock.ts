import { z } from "zod";

import { lotStatuses } from "../states/stock.ts";
import { iso8601Schema, itemIdSchema, quantitySchema } from "../units/index.ts";

/** A posting of many moves becomes several events, so that none grows beyond about 80 KB. */
export const movesPerEventMax = 200;

/** Moves of one posting, in the order they were given; a move is in exactly one event. */
export const stockMovedV1 = z.object({
  moves: z
    .array(
      z.object({
        moveId: z.uuid(),
        itemId: itemIdSchema,
        lotId: z.uuid().nullable(),
        fromLocationId: z.uuid(),
        toLocationId: z.uuid(),
        /** > 0, in the UoM of the item. */
        quantity: quantitySchema,
        reason: z.string(),
        reference: z.string().nullable(),
        movedTime: iso8601Schema,
      }),
    )
    .min(1)
    .max(movesPerEventMax),
});

export const lotStatusChangedV1 = z.object({
  lotId: z.uuid(),
  itemId: itemIdSchema,
  from: z.enum(lotStatuses),
  to: z.enum(lotStatuses),
  reason: z.string(),
});

/** A gauge is below its limit, and a person or a rule agreed that goods should come. */
export const refillAskedV1 = z.object({
  proposalId: z.uuid(),
  gaugeId: z.uuid(),
  itemId: itemIdSchema,
  locationId: z.uuid(),
  /** What is there, in the UoM of the item. */
  measured: quantitySchema,
  /** > 0: what is missing up to the limit of the gauge. */
  quantity: quantitySchema,
});
