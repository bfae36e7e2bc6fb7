import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  approveBom as approveBomRoute,
  changeBom as changeBomRoute,
  compareBoms,
  createBom,
  getBom,
  getBomTree,
  getWhereUsed,
  listBoms,
  replaceInBoms as replaceInBomsRoute,
  rollUpCosts as rollUpCostsRoute,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { approveBom } from "./approve-bom.ts";
import { readBom, readBoms } from "./bom-queries.ts";
import { readBomTree, readWhereUsed } from "./bom-tree.ts";
import { compareLines } from "./domain/compare-boms.ts";
import { replaceInBoms } from "./replace-in-boms.ts";
import { rollUpCosts } from "./roll-up-costs.ts";
import { changeBom, draftBom } from "./save-bom.ts";
import type { EngineeringDeps } from "./deps.ts";
import { readBomItemNames } from "./structure-queries.ts";
import { today } from "./today.ts";

const may = (action: string) => ({ objectType: "bom", action, on: "any" }) as const;

/** Revisions: drafted, read, changed, compared, approved. */
export function bomRoutes(deps: EngineeringDeps): OpenAPIHono {
  const { platform, requests } = deps;
  return createApi()
    .openapi(guarded(listBoms, may("read")), async (c) => {
      const { itemId } = c.req.valid("param");
      return c.json({ rows: await requests.transaction(c, (tx) => readBoms(tx, itemId)) }, 200);
    })
    .openapi(guarded(createBom, may("draft")), async (c) => {
      const asked = { bomId: newId(platform), ...c.req.valid("param"), bom: c.req.valid("json") };
      const bom = await requests.act(c, asked.bom, (tx, { actor }) => draftBom(tx, asked, actor));
      sendVersion(c, bom.version);
      return c.json(bom, 201);
    })
    .openapi(guarded(getBom, may("read")), async (c) => {
      const { bomId } = c.req.valid("param");
      const bom = await requests.transaction(c, (tx) => readBom(tx, bomId));
      sendVersion(c, bom.version);
      return c.json(bom, 200);
    })
    .openapi(guarded(changeBomRoute, may("draft")), async (c) => {
      const asked = { ...c.req.valid("param"), version: versionAsked(c), bom: c.req.valid("json") };
      const bom = await requests.transaction(c, (tx, { actor }) => changeBom(tx, asked, actor));
      sendVersion(c, bom.version);
      return c.json(bom, 200);
    })
    .openapi(guarded(approveBomRoute, may("approve")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
      const bom = await requests.act(c, asked, async (tx, { actor }) => {
        await approveBom(tx, asked, actor);
        return readBom(tx, asked.bomId);
      });
      return c.json(bom, 200);
    })
    .openapi(guarded(compareBoms, may("read")), async (c) => {
      const { bomId, otherBomId } = c.req.valid("param");
      const rows = await requests.transaction(c, async (tx) => {
        const [before, after] = [await readBom(tx, bomId), await readBom(tx, otherBomId)];
        const changes = compareLines(before.lines, after.lines);
        const names = await readBomItemNames(
          tx,
          changes.map(({ itemId }) => itemId),
        );
        return changes.map((change) => ({
          ...change,
          fields: [...change.fields],
          itemNumber: names.get(change.itemId)?.number ?? "",
          itemName: names.get(change.itemId)?.name ?? "",
        }));
      });
      return c.json({ rows }, 200);
    })
    .openapi(guarded(replaceInBomsRoute, may("replace")), async (c) => {
      const asked = c.req.valid("json");
      const rows = await requests.act(c, asked, (tx, { actor }) =>
        replaceInBoms(tx, asked, { newId: () => newId(platform), by: actor }),
      );
      return c.json({ rows }, 200);
    })
    .route("/", structureRoutes(deps));
}

/** What is worked out of the revisions of a day. */
function structureRoutes({ platform, requests, identity, available }: EngineeringDeps) {
  return createApi()
    .openapi(guarded(getBomTree, may("read")), async (c) => {
      const { itemId } = c.req.valid("param");
      const { day, quantity, bomId, levels } = c.req.valid("query");
      const tree = await requests.transaction(c, async (tx) =>
        readBomTree(tx, available, {
          itemId,
          day: day ?? (await today(tx, identity)),
          quantity: quantity ?? "1",
          bomId: bomId ?? null,
          levels,
        }),
      );
      return c.json(tree, 200);
    })
    .openapi(guarded(getWhereUsed, may("read")), async (c) => {
      const { itemId } = c.req.valid("param");
      const { day, isDeep } = c.req.valid("query");
      const uses = await requests.transaction(c, async (tx) =>
        readWhereUsed(tx, { itemId, day: day ?? (await today(tx, identity)), isDeep }),
      );
      return c.json(uses, 200);
    })
    .openapi(
      guarded(rollUpCostsRoute, { objectType: "cost", action: "roll_up", on: "any" }),
      async (c) => {
        const asked = c.req.valid("json");
        const now = platform.clock.now();
        const rolled = await requests.act(c, asked, async (tx) =>
          rollUpCosts(tx, { day: asked.day ?? (await today(tx, identity)), now }),
        );
        return c.json(rolled, 200);
      },
    );
}
