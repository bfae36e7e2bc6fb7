export { archiveUpkeep } from "./jobs.ts";
export { analyticsRoutes } from "./routes.ts";
