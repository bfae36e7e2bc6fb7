import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import { ifMatchHeaderSchema, json, problemResponses } from "./problem.ts";

/** One setting of one process, as it runs. A secret is never told, only that there is one. */
export const configValueSchema = z
  .object({
    name: z.string(),
    /** Null: not set, and there is no default. */
    value: z.string().nullable(),
    source: z.enum(["environment", "default", "unset"]),
    description: z.string(),
  })
  .openapi("ConfigValue");
export type ConfigValue = z.infer<typeof configValueSchema>;

export const processConfigSchema = z
  .object({
    process: z.string(),
    /** Host name and process id. */
    instance: z.string(),
    version: z.string(),
    startedTime: iso8601Schema,
    seenTime: iso8601Schema,
    settings: z.array(configValueSchema),
  })
  .openapi("ProcessConfig");
export type ProcessConfig = z.infer<typeof processConfigSchema>;

export const getAdminConfig = createRoute({
  method: "get",
  path: "/api/admin/config",
  tags: ["administration"],
  responses: {
    200: json(z.object({ processes: z.array(processConfigSchema) }), "Settings of every process"),
    ...problemResponses,
  },
});

const changedSchema = z.object({
  /** 0: never changed, the fallback counts. Send it as If-Match. */
  version: z.number().int().nonnegative(),
  changedTime: iso8601Schema.nullable(),
  changedBy: z.string().nullable(),
});

/** What a tenant may decide for itself. */
export const storedSettingSchema = changedSchema
  .extend({
    name: z.string(),
    value: z.unknown(),
    fallback: z.unknown(),
    description: z.string(),
    /** JSON Schema of the value, from which a page can make its field. */
    schema: z.record(z.string(), z.unknown()),
  })
  .openapi("TenantSetting");
export type StoredSetting = z.infer<typeof storedSettingSchema>;

export const listTenantSettings = createRoute({
  method: "get",
  path: "/api/admin/settings",
  tags: ["administration"],
  responses: {
    200: json(z.object({ rows: z.array(storedSettingSchema) }), "Settings of the company"),
    ...problemResponses,
  },
});

export const changeTenantSetting = createRoute({
  method: "put",
  path: "/api/admin/settings/{name}",
  tags: ["administration"],
  request: {
    params: z.object({ name: z.string().max(100) }),
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(z.object({ value: z.unknown() }), "The new value") },
  },
  responses: { 200: json(storedSettingSchema, "As it counts now"), ...problemResponses },
});

export const flagRuleSchema = z.object({
  isOn: z.boolean(),
  /** Of the people, by a stable hash: raising it only adds people. */
  percentage: z.number().min(0).max(100).multipleOf(0.01),
  /** On for everybody of these roles and sites, whatever the percentage is. */
  roles: z.array(z.string().min(1).max(63)).max(100),
  siteIds: z.array(z.uuid()).max(100),
});

export const featureFlagSchema = changedSchema
  .extend({ flag: z.string(), description: z.string(), ...flagRuleSchema.shape })
  .openapi("FeatureFlag");
export type FeatureFlag = z.infer<typeof featureFlagSchema>;

export const listFeatureFlags = createRoute({
  method: "get",
  path: "/api/admin/flags",
  tags: ["administration"],
  responses: {
    200: json(z.object({ rows: z.array(featureFlagSchema) }), "For whom features are on"),
    ...problemResponses,
  },
});

export const changeFeatureFlag = createRoute({
  method: "put",
  path: "/api/admin/flags/{flag}",
  tags: ["administration"],
  request: {
    params: z.object({ flag: z.string().max(100) }),
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(flagRuleSchema, "For whom it is on") },
  },
  responses: { 200: json(featureFlagSchema, "As it counts now"), ...problemResponses },
});

/** What the pages of the person who asks go by. */
export const mySettingsSchema = z
  .object({
    /** Setting → value, as it counts. */
    settings: z.record(z.string(), z.unknown()),
    /** The flags that are on for who asks. */
    flags: z.array(z.string()),
  })
  .openapi("MySettings");
export type MySettings = z.infer<typeof mySettingsSchema>;

export const getMySettings = createRoute({
  method: "get",
  path: "/api/settings",
  tags: ["administration"],
  /** With a site, flags that are on for its people count too. */
  request: { query: z.object({ siteId: z.uuid().optional() }) },
  responses: { 200: json(mySettingsSchema, "Settings and flags"), ...problemResponses },
});

/** Stands for a secret that is set. */
const hidden = "•••";

/**
 * What a process runs with: every declared setting with the source of its value. A setting whose name
 * says that it is secret is hidden, and so are passwords inside of URLs.
 */
export function describeSettings(
  declared: z.ZodObject,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigValue[] {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  return Object.entries(declared.shape).map(([name, schema]) => {
    const given = present[name];
    const fallback = z.safeParse(schema, undefined).data;
    const value = given ?? (fallback === undefined ? null : String(fallback));
    const { description = "" } = z.globalRegistry.get(schema) ?? {};
    return {
      name,
      value: value === null ? null : secretName.test(name) ? hidden : withoutPassword(value),
      source: given !== undefined ? "environment" : value === null ? "unset" : "default",
      description,
    };
  });
}

const secretName = /SECRET|PASSWORD|TOKEN|CODE|KEYS?$/;

/** The user stays, because it says which role a process serves as; everything else in front of the @ goes. */
function withoutPassword(value: string): string {
  // By text and not by URL: what is not quite a URL may hold a password too.
  return value
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/?#]*):[^/?#]*@/i, `$1:${hidden}@`)
    .replaceAll(/([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*/gi, `$1${hidden}`);
}
