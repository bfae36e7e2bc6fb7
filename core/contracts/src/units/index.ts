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
