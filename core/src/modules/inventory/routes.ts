import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  commandLot,
  createLocation as createLocationRoute,
  keepItem as keepItemRoute,
  listBalances,
  listLocations,
  listLots,
  listMoves,
  postMoves as postMovesRoute,
} from "@millwright/contracts/api";

import { orderOf } from "../../platform/db/list-order.ts";
import { type Asking, createApi, type Requests } from "../../platform/http/api.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded, type Permission } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import { askAboutLot } from "./ask-about-lot.ts";
import { changeLotStatus } from "./change-lot-status.ts";
import { createLocation } from "./create-location.ts";
import { keepItem } from "./keep-item.ts";
import type { inventoryObjectTypes } from "./permissions.ts";
import { type By, postMoves } from "./post-moves.ts";
import {
  balanceList,
  lotList,
  readBalancePage,
  readLocationPage,
  readLot,
  readLotPage,
  readMovePage,
} from "./queries.ts";

export type InventoryDeps = { platform: Platform; requests: Requests; engineering: Engineering };

export function inventoryRoutes(deps: InventoryDeps): OpenAPIHono {
  return createApi().route("/", masterDataRoutes(deps)).route("/", stockRoutes(deps));
}

function masterDataRoutes({ platform, requests, engineering }: InventoryDeps) {
  return createApi()
    .openapi(guarded(listLocations, may("location", "read")), async (c) => {
      const { cursor, limit, kind, parentId } = c.req.valid("query");
      const after = readCursor(cursor, [cursorPart.text])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readLocationPage(tx, { after, limit, kind, parentId }),
      );
      return c.json(pageOf(rows, { limit, keyOf: (row) => [row.code], show: (row) => row }), 200);
    })
    .openapi(guarded(createLocationRoute, may("location", "create")), async (c) => {
      const asked = c.req.valid("json");
      const location = await requests.act(c, asked, (tx) =>
        createLocation(tx, { newId: () => newId(platform) }, asked),
      );
      return c.json(location, 201);
    })
    .openapi(guarded(keepItemRoute, may("stock", "keep_item")), async (c) => {
      const asked = c.req.valid("json");
      const kept = await requests.act(c, asked, async (tx) => {
        await keepItem(tx, engineering, asked);
        return asked;
      });
      return c.json(kept, 201);
    });
}

function stockRoutes({ platform, requests, engineering }: InventoryDeps) {
  const by = ({ actor }: Asking): By => ({ actor, now: platform.clock.now() });
  return createApi()
    .openapi(guarded(postMovesRoute, may("stock", "move")), async (c) => {
      const { moves } = c.req.valid("json");
      const deps = { engineering, newId: () => newId(platform) };
      const posted = await requests.act(c, moves, (tx, caller) =>
        postMoves(tx, deps, moves, by(caller)),
      );
      return c.json(posted, 201);
    })
    .openapi(guarded(listMoves, may("stock", "read")), async (c) => {
      const { cursor, limit, itemId, locationId, lotId } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.position])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readMovePage(tx, { before, limit, itemId, locationId, lotId }),
      );
      const page = pageOf(rows, { limit, keyOf: (row) => [row.position], show: (row) => row });
      return c.json(page, 200);
    })
    .openapi(guarded(listBalances, may("stock", "read")), async (c) => {
      const { cursor, sort, limit, itemId, locationId, lotId } = c.req.valid("query");
      const order = orderOf(balanceList, sort);
      const after = readCursor(cursor, order.shapes);
      const now = platform.clock.now();
      const rows = await requests.transaction(c, (tx) =>
        readBalancePage(tx, { order, after, limit, itemId, locationId, lotId, now }),
      );
      return c.json(pageOf(rows, { limit, keyOf: order.keyOf, show: (row) => row }), 200);
    })
    .openapi(guarded(listLots, may("lot", "read")), async (c) => {
      const { cursor, sort, limit, itemId, status, search } = c.req.valid("query");
      const order = orderOf(lotList, sort);
      const after = readCursor(cursor, order.shapes);
      const now = platform.clock.now();
      const rows = await requests.transaction(c, (tx) =>
        readLotPage(tx, { order, after, limit, itemId, status, search, now }),
      );
      return c.json(pageOf(rows, { limit, keyOf: order.keyOf, show: (row) => row }), 200);
    })
    .openapi(
      guarded(commandLot, { ...may("lot", { param: "command" }), on: "object" }),
      async (c) => {
        const { lotId, command } = c.req.valid("param");
        const { reason } = c.req.valid("json");
        const lot = await requests.act(
          c,
          { reason },
          async (tx, caller) => {
            await changeLotStatus(tx, { lotId, command, reason }, by(caller));
            return readLot(tx, lotId, platform.clock.now());
          },
          (tx, { authorise }) =>
            askAboutLot(tx, { authorise, action: command, now: platform.clock.now() }, lotId),
        );
        return c.json(lot, 200);
      },
    );
}

export function may(
  objectType: keyof typeof inventoryObjectTypes,
  action: string | { param: string },
): Exclude<Permission, string> {
  return { objectType, action, on: "any" };
}
