import { createRoute, z } from "@hono/zod-openapi";

import { bindingRoleSchema, machineStateSchema } from "../states/index.ts";
import { iso8601Schema } from "../units/index.ts";
import { metricSchema } from "./plant.ts";
import {
  deviceText,
  idempotencyHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  requiredText,
  text,
} from "./problem.ts";

export const equipmentSchema = z
  .object({
    siteId: z.uuid(),
    siteName: z.string(),
    timeZone: z.string(),
    areas: z.array(
      z.object({
        areaId: z.uuid(),
        name: z.string(),
        workCenters: z.array(
          z.object({
            workCenterId: z.uuid(),
            name: z.string(),
            workUnits: z.array(z.object({ workUnitId: z.uuid(), name: z.string() })),
          }),
        ),
      }),
    ),
  })
  .openapi("Equipment");

export const getEquipment = createRoute({
  method: "get",
  path: "/api/equipment",
  tags: ["equipment"],
  responses: { 200: json(equipmentSchema, "The hierarchy of the site"), ...problemResponses },
});

/** Makes the area if it is new, and one work unit of the same name unless the center is manual. */
export const createWorkCenter = createRoute({
  method: "post",
  path: "/api/work-centers",
  tags: ["equipment"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          areaName: requiredText(100),
          name: requiredText(100),
          isManual: z.boolean().default(false),
        }),
        "The work center",
      ),
    },
  },
  responses: {
    201: json(
      z.object({ workCenterId: z.uuid(), workUnitId: z.uuid().nullable() }),
      "The work center and its work unit",
    ),
    ...problemResponses,
  },
});

export const edgeNodeSchema = z
  .object({
    groupId: z.string(),
    edgeNodeId: z.string(),
    isOnline: z.boolean(),
    since: iso8601Schema.nullable(),
  })
  .openapi("EdgeNode");

export const listEdgeNodes = createRoute({
  method: "get",
  path: "/api/edge-nodes",
  tags: ["equipment"],
  responses: {
    200: json(z.object({ rows: z.array(edgeNodeSchema) }), "Gateways"),
    ...problemResponses,
  },
});

/**
 * The token is shown once. A known edge node is refused (`edge_node.exists`) unless `renew` is true: that
 * makes a new token and ends the old one, so the gateway stays out until it has the new one.
 */
export const registerEdgeNode = createRoute({
  method: "post",
  path: "/api/edge-nodes",
  tags: ["equipment"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          edgeNodeId: requiredText(100).regex(/^[^+#/]+$/, "an id has no + # or /"),
          renew: z.boolean().default(false),
        }),
        "The gateway's name",
      ),
    },
  },
  responses: {
    201: json(
      z.object({
        groupId: z.string(),
        edgeNodeId: z.string(),
        username: z.string(),
        token: z.string(),
      }),
      "MQTT user name and password of the gateway",
    ),
    ...problemResponses,
  },
});

/** Every metric seen in a birth certificate, bound or not. */
export const listMetrics = createRoute({
  method: "get",
  path: "/api/metrics",
  tags: ["equipment"],
  request: { query: pageQuerySchema },
  responses: { 200: json(pageOf(metricSchema), "By address"), ...problemResponses },
});

export const bindingInputSchema = z
  .object({
    edgeNodeId: deviceText(200),
    deviceId: deviceText(200),
    metricName: deviceText(500),
    role: bindingRoleSchema,
    workUnitId: z.uuid(),
    unit: text(20).default(""),
    /** For role `state`: raw value (as text) → machine state. */
    valueMap: z.record(deviceText(200), machineStateSchema).default({}),
    /** For counters: the value after which the register starts at 0 again; null = never. */
    rolloverAt: z.string().regex(/^\d+$/).nullable().default(null),
  })
  .openapi("BindingInput");

/** Binds from now on; a binding of the same metric in the same role ends now. */
export const createBinding = createRoute({
  method: "post",
  path: "/api/bindings",
  tags: ["equipment"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(bindingInputSchema, "What the metric means") },
  },
  responses: { 201: json(z.object({ bindingId: z.uuid() }), "Bound"), ...problemResponses },
});
