import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeDowntimeReason as changeDowntimeReasonRoute,
  createDowntimeReason,
  giveDowntimeReason,
  listDowntimeReasons,
  listMachineReasonCodes,
  listStops,
  setMachineReasonCode as setMachineReasonCodeRoute,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { sendVersion, versionAsked } from "../../platform/http/if-match.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId } from "../../platform/platform.ts";
import {
  addDowntimeReason,
  changeDowntimeReason,
  readDowntimeReasons,
} from "./downtime-reasons.ts";
import { askAboutMachine, giveReason } from "./give-reason.ts";
import { readMachineReasonCodes, setMachineReasonCode } from "./machine-reason-codes.ts";
import type { ProductionDeps } from "./deps.ts";
import { readStops } from "./stops.ts";

export const mayRead = { objectType: "machine", action: "read", on: "any" } as const;
export const mayChangeReasons = {
  objectType: "downtime_reason",
  action: "change",
  on: "any",
} as const;
const mayGive = { objectType: "machine", action: "give_reason", on: "object" } as const;

/** The list of reasons, what codes of machines mean, and the stops of a machine with theirs. */
export function downtimeRoutes({ platform, requests, equipment }: ProductionDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listDowntimeReasons, mayRead), async (c) =>
      c.json({ rows: await requests.transaction(c, readDowntimeReasons) }, 200),
    )
    .openapi(guarded(createDowntimeReason, mayChangeReasons), async (c) => {
      const asked = c.req.valid("json");
      const made = await requests.act(c, asked, (tx, { actor }) =>
        addDowntimeReason(tx, { ...asked, reasonId: newId(platform) }, actor),
      );
      sendVersion(c, made.version);
      return c.json(made, 201);
    })
    .openapi(guarded(changeDowntimeReasonRoute, mayChangeReasons), async (c) => {
      const asked = { ...c.req.valid("json"), ...c.req.valid("param"), version: versionAsked(c) };
      const saved = await requests.transaction(c, (tx, { actor }) =>
        changeDowntimeReason(tx, asked, actor),
      );
      sendVersion(c, saved.version);
      return c.json(saved, 200);
    })
    .openapi(guarded(listMachineReasonCodes, mayRead), async (c) => {
      const rows = await requests.transaction(c, (tx) => readMachineReasonCodes(tx, equipment));
      return c.json({ rows }, 200);
    })
    .openapi(guarded(setMachineReasonCodeRoute, mayChangeReasons), async (c) => {
      const asked = c.req.valid("json");
      const rows = await requests.transaction(c, async (tx, { actor }) => {
        await setMachineReasonCode(tx, equipment, asked, actor);
        return readMachineReasonCodes(tx, equipment);
      });
      return c.json({ rows }, 200);
    })
    .openapi(guarded(listStops, mayRead), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("query") };
      const deps = { equipment, now: platform.clock.now() };
      return c.json(await requests.transaction(c, (tx) => readStops(tx, deps, asked)), 200);
    })
    .openapi(guarded(giveDowntimeReason, mayGive), async (c) => {
      const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
      const stop = await requests.act(
        c,
        asked,
        (tx, { actor }) => giveReason(tx, equipment, asked, { actor, now: platform.clock.now() }),
        (tx, { authorise }) => askAboutMachine(tx, { authorise, equipment }, asked.workUnitId),
      );
      return c.json(stop, 200);
    });
}
