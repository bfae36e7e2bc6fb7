import { z } from "zod";

import { bindingRoles, machineStates, operationStates, workOrderStates } from "./tables.ts";

export { Refusal, type RefusalDetail, type RefusalKind } from "./refusal.ts";
export * from "./countable.ts";
export * from "./downtime.ts";
export * from "./engineering.ts";
export * from "./gauges.ts";
export * from "./planning.ts";
export * from "./reason-book.ts";
export * from "./sorts.ts";
export * from "./stock.ts";
export * from "./stops.ts";
export * from "./tables.ts";
export * from "./warehouse.ts";

export const machineStateSchema = z.enum(machineStates);
export const bindingRoleSchema = z.enum(bindingRoles);
export const countRoleSchema = z.enum(["count.total", "count.good", "count.scrap"]);
export type CountRole = z.infer<typeof countRoleSchema>;
export const workOrderStateSchema = z.enum(workOrderStates);
export const operationStateSchema = z.enum(operationStates);
