import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeGauge as changeGaugeRoute,
  confirmProposal as confirmProposalRoute,
  createGauge as createGaugeRoute,
  listGauges,
  listProposals,
  rejectProposal as rejectProposalRoute,
} from "@millwright/contracts/api";

import { type Asking, createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import { equipment } from "../equipment/index.ts";
import { confirmProposal, readProposalPage, rejectProposal } from "./decide-proposal.ts";
import { changeGauge, createGauge, readGaugePage } from "./keep-gauge.ts";
import { type InventoryDeps, may } from "./routes.ts";

/** What measures the bins, and what it proposes. Who may move stock may decide a proposal. */
export function gaugeRoutes({ platform, requests, engineering }: InventoryDeps): OpenAPIHono {
  const deps = { engineering, equipment, newId: () => newId(platform) };
  const by = ({ actor, name }: Asking) => ({ actor, name, now: platform.clock.now() });
  return createApi()
    .openapi(guarded(listGauges, may("stock", "read")), async (c) => {
      const { cursor, limit } = c.req.valid("query");
      const after = readCursor(cursor, [cursorPart.text])?.[0] ?? "";
      const now = platform.clock.now();
      const rows = await requests.transaction(c, (tx) =>
        readGaugePage(tx, equipment, { after, limit, now }),
      );
      const page = pageOf(rows, { limit, keyOf: (row) => [row.locationCode], show: (row) => row });
      return c.json(page, 200);
    })
    .openapi(guarded(createGaugeRoute, may("stock", "keep_item")), async (c) => {
      const asked = c.req.valid("json");
      const gauge = await requests.act(c, asked, (tx, caller) =>
        createGauge(tx, deps, asked, by(caller)),
      );
      sendVersion(c, gauge.version);
      return c.json(gauge, 201);
    })
    .openapi(guarded(changeGaugeRoute, may("stock", "keep_item")), async (c) => {
      const asked = { ...c.req.valid("json"), ...c.req.valid("param"), version: versionAsked(c) };
      const gauge = await requests.transaction(c, (tx, caller) =>
        changeGauge(tx, deps, asked, by(caller)),
      );
      sendVersion(c, gauge.version);
      return c.json(gauge, 200);
    })
    .openapi(guarded(listProposals, may("stock", "read")), async (c) => {
      const { cursor, limit, state, gaugeId } = c.req.valid("query");
      const before = readCursor(cursor, [cursorPart.uuid])?.[0] ?? null;
      const rows = await requests.transaction(c, (tx) =>
        readProposalPage(tx, { before, limit, state, gaugeId }),
      );
      const page = pageOf(rows, { limit, keyOf: (row) => [row.proposalId], show: (row) => row });
      return c.json(page, 200);
    })
    .openapi(guarded(confirmProposalRoute, may("stock", "move")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
      const proposal = await requests.act(c, asked, (tx, caller) =>
        confirmProposal(tx, deps, asked, by(caller)),
      );
      return c.json(proposal, 200);
    })
    .openapi(guarded(rejectProposalRoute, may("stock", "move")), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
      const proposal = await requests.act(c, asked, (tx, caller) =>
        rejectProposal(tx, asked, by(caller)),
      );
      return c.json(proposal, 200);
    });
}
