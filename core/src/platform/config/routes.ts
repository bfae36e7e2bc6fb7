import {
  changeFeatureFlag,
  changeTenantSetting,
  getAdminConfig,
  getMySettings,
  listFeatureFlags,
  listTenantSettings,
} from "@millwright/contracts/api";

import type { Catalogue } from "../authz/catalogue.ts";
import { changeFlag, listFlags } from "../flags/flag-store.ts";
import { createApi, type Requests } from "../http/api.ts";
import { sendVersion, versionAsked } from "../http/if-match.ts";
import { callerOf, guarded, type Permission } from "../http/permission.ts";
import type { Platform } from "../platform.ts";
import { readProcessConfigs } from "./process-config.ts";
import { changeSetting, listSettings } from "./tenant-settings.ts";

/** What there is to be allowed about settings and flags of a tenant. */
export const settingsObjectTypes = {
  setting: { actions: ["read", "change"], attributes: {} },
  feature_flag: { actions: ["read", "change"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];

export function settingsRoutes({ platform, requests }: { platform: Platform; requests: Requests }) {
  const { settings, flags } = platform;
  return createApi()
    .openapi(guarded(getAdminConfig, may("system", "read")), async (c) =>
      c.json({ processes: await readProcessConfigs(platform.db) }, 200),
    )
    .openapi(guarded(getMySettings, "signed_in"), async (c) => {
      const { tenantId, roles, userId, apiKeyId } = callerOf(c);
      const { siteId } = c.req.valid("query");
      const subject = {
        key: userId ?? apiKeyId ?? tenantId,
        roles,
        siteIds: siteId === undefined ? [] : [siteId],
      };
      return c.json(
        {
          settings: await settings.of(tenantId),
          flags: await flags.onFor(tenantId, subject),
        },
        200,
      );
    })
    .openapi(guarded(listTenantSettings, may("setting", "read")), async (c) =>
      c.json({ rows: await requests.transaction(c, (tx) => listSettings(tx)) }, 200),
    )
    .openapi(guarded(changeTenantSetting, may("setting", "change")), async (c) => {
      const { name } = c.req.valid("param");
      const { value } = c.req.valid("json");
      const change = { name, value, version: versionAsked(c) };
      const { actor, name: person, tenantId } = callerOf(c);
      const by = { actor, name: person };
      const saved = await requests.transaction(c, (tx) => changeSetting(tx, change, by));
      settings.outdate(tenantId);
      sendVersion(c, saved.version);
      return c.json(saved, 200);
    })
    .openapi(guarded(listFeatureFlags, may("feature_flag", "read")), async (c) =>
      c.json({ rows: await requests.transaction(c, (tx) => listFlags(tx)) }, 200),
    )
    .openapi(guarded(changeFeatureFlag, may("feature_flag", "change")), async (c) => {
      const { flag } = c.req.valid("param");
      const change = { flag, rule: c.req.valid("json"), version: versionAsked(c) };
      const { actor, name, tenantId } = callerOf(c);
      const saved = await requests.transaction(c, (tx) => changeFlag(tx, change, { actor, name }));
      flags.outdate(tenantId);
      sendVersion(c, saved.version);
      return c.json(saved, 200);
    });
}

function may(objectType: keyof typeof settingsObjectTypes | "system", action: "read" | "change") {
  return { objectType, action, on: "any" } as const satisfies Permission;
}
