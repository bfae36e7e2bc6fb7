import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  assignCounts as assignCountsRoute,
  correctProgress as correctProgressRoute,
  dismissCounts as dismissCountsRoute,
  listUnassignedCounts,
} from "@millwright/contracts/api";
import { toQuantity } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { type Asking, createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { askAboutOrder, mayToOrder } from "./ask-about-order.ts";
import type { By } from "./change-work-order.ts";
import { correctProgress } from "./correct-progress.ts";
import type { ProductionDeps } from "./deps.ts";
import { assignToOrder, dismissCounts, readUnassignedCounts } from "./unassigned-counts.ts";
import { readWorkOrder } from "./work-order-queries.ts";

const may = (action: string) => ({ objectType: "work_order", action, on: "any" }) as const;

/** Pieces that a person puts where they belong. */
export function countRoutes({ platform, requests, equipment }: ProductionDeps): OpenAPIHono {
  const by = ({ actor }: Asking): By => ({ actor, now: platform.clock.now() });
  const mayCorrect =
    ({ workOrderId }: { workOrderId: string }) =>
    (tx: Transaction, { authorise }: Asking) =>
      askAboutOrder(tx, { authorise, action: "correct", equipment }, workOrderId);
  return createApi()
    .openapi(guarded(listUnassignedCounts, may("read")), async (c) => {
      const { reason } = c.req.valid("query");
      const rows = await requests.transaction(c, (tx) =>
        readUnassignedCounts(tx, equipment, reason),
      );
      return c.json({ rows }, 200);
    })
    .openapi(guarded(assignCountsRoute, mayToOrder("correct")), async (c) => {
      const asked = c.req.valid("json");
      const order = await requests.act(
        c,
        asked,
        async (tx, caller) => {
          await assignToOrder(tx, asked, by(caller));
          return readWorkOrder(tx, asked.workOrderId);
        },
        mayCorrect(asked),
      );
      return c.json(order, 200);
    })
    .openapi(guarded(dismissCountsRoute, may("correct")), async (c) => {
      const asked = c.req.valid("json");
      const dismissed = await requests.act(c, asked, async (tx, caller) => {
        const { good, scrap } = await dismissCounts(tx, asked, by(caller));
        return { good: toQuantity(good), scrap: toQuantity(scrap) };
      });
      return c.json(dismissed, 200);
    })
    .openapi(guarded(correctProgressRoute, mayToOrder("correct")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
      const order = await requests.act(
        c,
        asked,
        async (tx, caller) => {
          await correctProgress(tx, asked, by(caller));
          return readWorkOrder(tx, asked.workOrderId);
        },
        mayCorrect(asked),
      );
      return c.json(order, 200);
    });
}
