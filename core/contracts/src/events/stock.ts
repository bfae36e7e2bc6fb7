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
