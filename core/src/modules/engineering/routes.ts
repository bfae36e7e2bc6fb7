import type { OpenAPIHono } from "@hono/zod-openapi";
import { createItem as createItemRoute, listItems } from "@millwright/contracts/api";

import { createApi, type Requests } from "../../platform/http/api.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { Equipment } from "../equipment/index.ts";
import { createItem } from "./create-item.ts";
import { readItemPage } from "./queries.ts";

type Deps = { platform: Platform; requests: Requests; equipment: Equipment };

export function engineeringRoutes({ platform, requests, equipment }: Deps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listItems, { objectType: "item", action: "read", on: "any" }), async (c) => {
      const { cursor, limit, search, kind } = c.req.valid("query");
      const after = readCursor(cursor, [cursorPart.text])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readItemPage(tx, { after, search, kind, limit }),
      );
      return c.json(pageOf(rows, { limit, keyOf: (row) => [row.number], show: (row) => row }), 200);
    })
    .openapi(
      guarded(createItemRoute, { objectType: "item", action: "create", on: "any" }),
      async (c) => {
        const asked = c.req.valid("json");
        const item = await requests.act(c, asked, (tx) =>
          createItem(tx, equipment, { ...asked, itemId: newId(platform) }),
        );
        return c.json(item, 201);
      },
    );
}
