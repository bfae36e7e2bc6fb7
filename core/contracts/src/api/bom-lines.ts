import { createRoute, z } from "@hono/zod-openapi";

import { bomStates, consumptionRules } from "../states/engineering.ts";
import { daySchema, quantitySchema } from "../units/index.ts";
import { json, pageOf, pageQuerySchema, problemResponses, text } from "./problem.ts";
import { exportOf, importOf } from "./tables.ts";

/** A component of a revision, with the numbers people use: what a spreadsheet of BOMs has. */
export const bomLineRowSchema = z
  .object({
    bomId: z.uuid(),
    productNumber: z.string(),
    revision: z.string(),
    state: z.enum(bomStates),
    /** First day of the revision; null on a draft. */
    effectiveFrom: daySchema.nullable(),
    position: z.number().int(),
    itemNumber: z.string(),
    itemName: z.string(),
    quantity: quantitySchema,
    uom: z.string(),
    scrapPercent: z.string(),
    consumption: z.enum(consumptionRules),
    step: z.number().int().nullable(),
    note: z.string(),
  })
  .openapi("BomLineRow");
export type BomLineRow = z.infer<typeof bomLineRowSchema>;

export const listBomLines = createRoute({
  method: "get",
  path: "/api/bom-lines",
  tags: ["bills of materials"],
  request: {
    query: pageQuerySchema.extend({
      /** A product number is found by its beginning. */
      product: text(60).optional(),
      state: z.enum(bomStates).optional(),
    }),
  },
  responses: {
    200: json(pageOf(bomLineRowSchema), "By product, revision and position"),
    ...problemResponses,
  },
});

export const exportBomLines = exportOf(listBomLines);

/**
 * The lines of new revisions. `effectiveFrom` approves a revision from that day; without it, it stays a
 * draft. Alternates and by-products are not in a file.
 */
export const importBomLines = importOf(listBomLines);
