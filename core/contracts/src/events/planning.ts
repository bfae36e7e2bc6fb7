import { z } from "zod";

import { planKinds } from "../states/planning.ts";
import { daySchema, itemIdSchema, quantitySchema } from "../units/index.ts";

/** Somebody asked for a plan: what to plan with stands in the plan. */
export const planRequestedV1 = z.object({ planId: z.uuid(), kind: z.enum(planKinds) });

/** Asked for of a bought item: purchasing decides what becomes of it. */
export const plannedOrderReleasedV1 = z.object({
  planId: z.uuid(),
  orderNumber: z.number().int().positive(),
  purchaseProposalId: z.uuid(),
  itemId: itemIdSchema,
  quantity: quantitySchema,
  /** Days on which it must be ordered and be here. */
  startDay: daySchema,
  dueDay: daySchema,
});
