export * from "./health.ts";
export * from "./inventory.ts";
export * from "./live.ts";
export * from "./master-data.ts";
export * from "./plant.ts";
export * from "./problem.ts";
export * from "./work-orders.ts";
