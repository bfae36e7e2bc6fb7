import { createRoute, z } from "@hono/zod-openapi";

import { json } from "./problem.ts";

export const componentStatusSchema = z.enum(["ok", "degraded", "down"]);

export const healthSchema = z
  .object({
    status: componentStatusSchema,
    version: z.string(),
    components: z.record(
      z.string(),
      z.object({ status: componentStatusSchema, detail: z.string() }),
    ),
  })
  .openapi("Health");
export type Health = z.infer<typeof healthSchema>;

export const getHealth = createRoute({
  method: "get",
  path: "/api/health",
  tags: ["operations"],
  responses: {
    200: json(healthSchema, "Everything needed is there (ok or degraded)"),
    503: json(healthSchema, "Something needed is down"),
  },
});
