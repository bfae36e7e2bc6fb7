import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeItem as changeItemRoute,
  changePrices as changePricesRoute,
  createCapability,
  createItem as createItemRoute,
  createUom,
  createUomConversion,
  getItem,
  getSetupMatrix,
  listCapabilities,
  listItems,
  listUoms,
  listWorkCenterRates,
  replaceSetupMatrix as replaceSetupMatrixRoute,
  setWorkCenterRate as setWorkCenterRateRoute,
} from "@millwright/contracts/api";

import { orderOf } from "../../platform/db/list-order.ts";
import { Refusal } from "../../platform/errors.ts";
import { createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { addConversion, addUom, readAllUoms } from "./add-uom.ts";
import { addCapability, readCapabilities } from "./capabilities.ts";
import { changeItem } from "./change-item.ts";
import { changePrices } from "./change-prices.ts";
import { createItem } from "./create-item.ts";
import { itemList, readItem, readItemPage } from "./queries.ts";
import type { EngineeringDeps } from "./deps.ts";
import { readSetupMatrix, replaceSetupMatrix } from "./setup-matrix.ts";
import { readWorkCenterRates, setWorkCenterRate } from "./work-center-rates.ts";

const may = (action: string) => ({ objectType: "item", action, on: "any" }) as const;
const mayCost = (action: string) => ({ objectType: "cost", action, on: "any" }) as const;

export function itemRoutes({ platform, requests, equipment }: EngineeringDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listItems, may("read")), async (c) => {
      const { cursor, sort, limit, search, kind } = c.req.valid("query");
      const order = orderOf(itemList, sort);
      const after = readCursor(cursor, order.shapes);
      const rows = await requests.transaction(c, (tx) =>
        readItemPage(tx, { order, after, search, kind, limit }),
      );
      return c.json(pageOf(rows, { limit, keyOf: order.keyOf, show: (row) => row }), 200);
    })
    .openapi(guarded(createItemRoute, may("create")), async (c) => {
      const asked = c.req.valid("json");
      const item = await requests.act(c, asked, (tx) =>
        createItem(tx, equipment, { ...asked, itemId: newId(platform) }),
      );
      sendVersion(c, item.version);
      return c.json(item, 201);
    })
    .openapi(guarded(changePricesRoute, may("change")), async (c) => {
      const asked = c.req.valid("json");
      const changed = await requests.act(c, asked, (tx, { actor }) =>
        changePrices(tx, { search: asked.search, factor: asked.factor }, actor),
      );
      return c.json(changed, 200);
    })
    .openapi(guarded(getItem, may("read")), async (c) => {
      const { itemId } = c.req.valid("param");
      const item = await requests.transaction(c, (tx) => readItem(tx, itemId));
      if (item === null) {
        throw new Refusal("item.unknown", `There is no item ${itemId}.`, { kind: "absent" });
      }
      sendVersion(c, item.version);
      return c.json(item, 200);
    })
    .openapi(guarded(changeItemRoute, may("change")), async (c) => {
      const item = { ...c.req.valid("json"), ...c.req.valid("param") };
      const asked = { item, version: versionAsked(c) };
      const saved = await requests.transaction(c, (tx, { actor }) =>
        changeItem(tx, equipment, asked, actor),
      );
      sendVersion(c, saved.version);
      return c.json(saved, 200);
    });
}

/** Units, setup families and times, skills and tools, cost rates. */
export function masterDataRoutes({ platform, requests, equipment }: EngineeringDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listUoms, may("read")), async (c) =>
      c.json(await requests.transaction(c, readAllUoms), 200),
    )
    .openapi(guarded(createUom, may("change")), async (c) => {
      const asked = c.req.valid("json");
      const uom = await requests.act(c, asked, (tx, { actor }) => addUom(tx, asked, actor));
      return c.json({ ...uom, isStandard: false }, 201);
    })
    .openapi(guarded(createUomConversion, may("change")), async (c) => {
      const asked = c.req.valid("json");
      return c.json(
        await requests.act(c, asked, (tx, { actor }) => addConversion(tx, asked, actor)),
        201,
      );
    })
    .openapi(guarded(getSetupMatrix, may("read")), async (c) => {
      const matrix = await requests.transaction(c, readSetupMatrix);
      sendVersion(c, matrix.version);
      return c.json(matrix, 200);
    })
    .openapi(guarded(replaceSetupMatrixRoute, may("change")), async (c) => {
      const asked = { matrix: c.req.valid("json"), version: versionAsked(c) };
      const matrix = await requests.transaction(c, (tx, { actor }) =>
        replaceSetupMatrix(tx, asked, actor),
      );
      sendVersion(c, matrix.version);
      return c.json(matrix, 200);
    })
    .openapi(guarded(listCapabilities, may("read")), async (c) =>
      c.json({ rows: await requests.transaction(c, readCapabilities) }, 200),
    )
    .openapi(guarded(createCapability, may("change")), async (c) => {
      const asked = { ...c.req.valid("json"), capabilityId: newId(platform) };
      return c.json(
        await requests.act(c, c.req.valid("json"), (tx, { actor }) =>
          addCapability(tx, asked, actor),
        ),
        201,
      );
    })
    .openapi(guarded(listWorkCenterRates, mayCost("read")), async (c) =>
      c.json({ rows: await requests.transaction(c, readWorkCenterRates) }, 200),
    )
    .openapi(guarded(setWorkCenterRateRoute, mayCost("change")), async (c) => {
      const rate = { ...c.req.valid("param"), ...c.req.valid("json") };
      return c.json(
        await requests.transaction(c, (tx, { actor }) =>
          setWorkCenterRate(tx, equipment, rate, actor),
        ),
        200,
      );
    });
}
