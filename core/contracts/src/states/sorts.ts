/**
 * What lists can be sorted by, as `sort` of the API names it; a minus before the name turns the order
 * around. Rows without a value come last either way.
 */
export const itemSorts = [
  "number",
  "name",
  "kind",
  "uom",
  "revision",
  "tracking",
  "purchasePrice",
  "standardCost",
] as const;
export type ItemSort = Sort<(typeof itemSorts)[number]>;

export const workOrderSorts = ["number", "itemNumber", "quantity", "dueDate", "state"] as const;
export type WorkOrderSort = Sort<(typeof workOrderSorts)[number]>;

export const balanceSorts = [
  "itemNumber",
  "locationCode",
  "lotNumber",
  "lotExpiresTime",
  "quantity",
  "reserved",
] as const;
export type BalanceSort = Sort<(typeof balanceSorts)[number]>;

export const lotSorts = ["number", "itemNumber", "status", "expiresTime"] as const;
export type LotSort = Sort<(typeof lotSorts)[number]>;

export const demandSorts = ["itemNumber", "quantity", "dueDay", "kind", "reference"] as const;
export type DemandSort = Sort<(typeof demandSorts)[number]>;

export const plannedOrderSorts = [
  "orderNumber",
  "itemNumber",
  "kind",
  "quantity",
  "startDay",
  "dueDay",
  "lateDays",
  "state",
] as const;
export type PlannedOrderSort = Sort<(typeof plannedOrderSorts)[number]>;

export type Sort<Field extends string> = Field | `-${Field}`;

/** All that `sort` may say for a list with these fields. */
export function sortsOf<const Field extends string>(fields: readonly Field[]): Sort<Field>[] {
  return fields.flatMap((field): Sort<Field>[] => [field, `-${field}`]);
}
