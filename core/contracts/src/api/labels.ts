import { createRoute, z } from "@hono/zod-openapi";

import { quantitySchema } from "../units/index.ts";
import { json, problemResponses } from "./problem.ts";

const idSchema = z.uuid().toLowerCase();

/**
 * What is printed: the label of a place, of an item, or of a lot or serial of it. Millwright's own codes
 * are element strings with company-internal identifiers (GS1: 91 to 99), so that one scan says what it
 * is: (91) item, (92) lot or serial, (93) place. With a GTIN they are (01) and (10) or (21).
 */
export const labelToPrintSchema = z.discriminatedUnion("of", [
  z.object({ of: z.literal("location"), locationId: idSchema }),
  z.object({
    of: z.literal("item"),
    itemId: idSchema,
    gtin: z
      .string()
      .regex(/^\d{14}$/, "a GTIN has 14 digits")
      .optional(),
    lotNumber: z.string().trim().min(1).max(80).optional(),
    quantity: quantitySchema.optional(),
  }),
]);
export type LabelToPrint = z.infer<typeof labelToPrintSchema>;

export const printLabelsSchema = z
  .object({
    format: z.enum(["pdf", "zpl"]).default("pdf"),
    symbology: z.enum(["code128", "qr", "gs1_datamatrix"]).default("gs1_datamatrix"),
    /** Millimetres. */
    width: z.number().min(25).max(210).default(70),
    height: z.number().min(15).max(297).default(35),
    labels: z.array(labelToPrintSchema).min(1).max(500),
  })
  .openapi("PrintLabels");
export type PrintLabels = z.infer<typeof printLabelsSchema>;

export const printLabels = createRoute({
  method: "post",
  path: "/api/stock/labels",
  tags: ["warehouse"],
  request: { body: { required: true, ...json(printLabelsSchema, "What to print") } },
  responses: {
    200: {
      description: "A PDF with a page per label, or ZPL II",
      content: {
        "application/pdf": { schema: z.string().openapi({ format: "binary" }) },
        "application/x-zpl": { schema: z.string() },
      },
    },
    ...problemResponses,
  },
});

/** What somebody scanned: a label of ours, of a supplier with GS1 elements, or a plain number. */
export const scannedSchema = z
  .object({
    /** `none`: nobody here knows it. */
    kind: z.enum(["location", "item", "lot", "none"]),
    locationId: z.uuid().nullable(),
    locationCode: z.string().nullable(),
    itemId: z.uuid().nullable(),
    itemNumber: z.string().nullable(),
    itemName: z.string().nullable(),
    uom: z.string().nullable(),
    /** As scanned; `lotId` is null when the books do not know it (yet). */
    lotNumber: z.string().nullable(),
    lotId: z.uuid().nullable(),
    quantity: quantitySchema.nullable(),
  })
  .openapi("Scanned");
export type Scanned = z.infer<typeof scannedSchema>;

const groupSeparator = String.fromCodePoint(29);

/** As a scanner sends it: the group separator of GS1 (ASCII 29) is the one control character in it. */
const scanSchema = z
  .string()
  .max(200)
  .refine(
    (text) => /^\P{Cc}*$/u.test(text.replaceAll(groupSeparator, "")),
    "a scan has no control characters but GS1's separator",
  )
  .refine((text) => text.trim() !== "", "must not be empty");

/**
 * Says what a scan means. A lot number that several items have is answered as `none` unless the scan
 * names the item: guessing would move the wrong goods.
 */
export const readScan = createRoute({
  method: "get",
  path: "/api/stock/scan",
  tags: ["warehouse"],
  request: { query: z.object({ text: scanSchema }) },
  responses: { 200: json(scannedSchema, "What it is"), ...problemResponses },
});
