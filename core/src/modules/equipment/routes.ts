import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  createBinding as createBindingRoute,
  createWorkCenter as createWorkCenterRoute,
  getEquipment,
  listEdgeNodes,
  listMetrics,
  registerEdgeNode as registerEdgeNodeRoute,
} from "@millwright/contracts/api";

import { createApi, type Requests } from "../../platform/http/api.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded, type Permission } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { IdentityModule } from "../identity/index.ts";
import { createBinding } from "./create-binding.ts";
import { createWorkCenter } from "./create-work-center.ts";
import type { equipmentObjectTypes } from "./permissions.ts";
import { readEdgeNodes, readWorkCenters, type WorkCenter } from "./queries.ts";
import { addressOf, readMetricPage } from "./readings.ts";
import { registerEdgeNode } from "./register-edge-node.ts";

type Deps = { platform: Platform; requests: Requests; identity: IdentityModule };

export function equipmentRoutes({ platform, requests, identity }: Deps): OpenAPIHono {
  return createApi()
    .openapi(guarded(getEquipment, may("equipment", "read")), async (c) => {
      const hierarchy = await requests.transaction(c, async (tx) => ({
        site: await identity.site(tx),
        workCenters: await readWorkCenters(tx),
      }));
      const { site } = hierarchy;
      const areas = groupByArea(hierarchy.workCenters);
      return c.json(
        { siteId: site.siteId, siteName: site.name, timeZone: site.timeZone, areas },
        200,
      );
    })
    .openapi(guarded(createWorkCenterRoute, may("equipment", "change")), async (c) => {
      const asked = c.req.valid("json");
      const deps = { identity, newId: () => newId(platform) };
      return c.json(await requests.act(c, asked, (tx) => createWorkCenter(tx, deps, asked)), 201);
    })
    .openapi(guarded(listEdgeNodes, may("edge_node", "read")), async (c) =>
      c.json({ rows: await requests.transaction(c, readEdgeNodes) }, 200),
    )
    .openapi(guarded(registerEdgeNodeRoute, may("edge_node", "register")), async (c) => {
      const asked = c.req.valid("json");
      const credentials = await requests.transaction(c, (tx, { actor }) =>
        registerEdgeNode(tx, { identity, actor }, asked),
      );
      return c.json(credentials, 201);
    })
    .openapi(guarded(listMetrics, may("equipment", "read")), async (c) => {
      const { cursor, limit } = c.req.valid("query");
      const after = readCursor(cursor, Array(4).fill(cursorPart.text));
      const rows = await requests.transaction(c, (tx) => readMetricPage(tx, { after, limit }));
      return c.json(pageOf(rows, { limit, keyOf: addressOf, show: (row) => row }), 200);
    })
    .openapi(guarded(createBindingRoute, may("equipment", "change")), async (c) => {
      const asked = c.req.valid("json");
      const deps = { identity, newId: () => newId(platform), now: platform.clock.now() };
      const binding = await requests.act(c, asked, (tx, { actor }) =>
        createBinding(tx, { ...deps, actor }, asked),
      );
      return c.json(binding, 201);
    });
}

function may(objectType: keyof typeof equipmentObjectTypes, action: string): Permission {
  return { objectType, action, on: "any" };
}

function groupByArea(workCenters: readonly WorkCenter[]) {
  return [...Map.groupBy(workCenters, (workCenter) => workCenter.areaId)].map(
    ([areaId, members]) => ({
      areaId,
      name: members[0]?.areaName ?? "",
      workCenters: members.map(({ workCenterId, name, workUnits }) => ({
        workCenterId,
        name,
        workUnits,
      })),
    }),
  );
}
