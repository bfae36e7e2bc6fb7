import { Decimal } from "decimal.js";
import { z } from "zod";

/** Exact decimal arithmetic. The only decimal library of the project (ARCHITECTURE.md, decision 11). */
export { Decimal };

/** A quantity as it crosses a process: a decimal string, never a float. Unit: the item's UoM. */
export const quantitySchema = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, "a quantity is a decimal string such as 12 or 12.5")
  .brand<"Quantity">();
export type Quantity = z.infer<typeof quantitySchema>;

/** Digits a stored quantity may have: 15 before the point, 6 after it (the finest UoM). */
const quantityDigits = /^\d{1,15}(\.\d{1,6})?$/;

/** More than 0, and within what is stored exactly. */
export const positiveQuantitySchema = quantitySchema.refine(
  (text) => quantityDigits.test(text) && !/^0+(\.0*)?$/.test(text),
  "must be more than 0, with at most 15 digits before the point and 6 after it",
);

/** Money per unit or in total, in the company's currency: at least 0, at most 6 decimals. */
export const priceSchema = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,6})?$/, "a price is a decimal string such as 12.50")
  .brand<"Price">();
export type Price = z.infer<typeof priceSchema>;

/** 0 up to 1,000, at most 4 decimals. */
export const percentSchema = z
  .string()
  .regex(/^(1000(\.0{1,4})?|\d{1,3}(\.\d{1,4})?)$/, "a percentage is a decimal from 0 to 1000");

/** A day of the site's calendar, `YYYY-MM-DD`. */
export const daySchema = z.iso.date();

/** Instant in ISO 8601 with an offset; always UTC (`Z`) when we write it. */
export const iso8601Schema = z.iso.datetime({ offset: true });
export type Iso8601 = z.infer<typeof iso8601Schema>;

export const tenantIdSchema = z.uuid().brand<"TenantId">();
export type TenantId = z.infer<typeof tenantIdSchema>;
export const workUnitIdSchema = z.uuid().brand<"WorkUnitId">();
export type WorkUnitId = z.infer<typeof workUnitIdSchema>;
export const workCenterIdSchema = z.uuid().brand<"WorkCenterId">();
export type WorkCenterId = z.infer<typeof workCenterIdSchema>;
export const bindingIdSchema = z.uuid().brand<"BindingId">();
export type BindingId = z.infer<typeof bindingIdSchema>;
export const itemIdSchema = z.uuid().brand<"ItemId">();
export type ItemId = z.infer<typeof itemIdSchema>;
export const workOrderIdSchema = z.uuid().brand<"WorkOrderId">();
export type WorkOrderId = z.infer<typeof workOrderIdSchema>;

/** Formats an exact number as a quantity on the wire: plain notation, no exponent. */
export function toQuantity(value: Decimal.Value): Quantity {
  return quantitySchema.parse(new Decimal(value).toFixed());
}

/** Proves to the compiler that a switch over a union is complete. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}

export { standardConversions, standardUoms } from "./uom.ts";
