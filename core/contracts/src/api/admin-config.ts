import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import { json, problemResponses } from "./problem.ts";

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

/** Stands for a secret that is set. */
const hidden = "•••";

/**
 * What a process runs with: every declared setting with the source of its value. Values of secret
 * settings (`meta({ isSecret: true })`) and passwords inside of URLs are hidden.
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
    const { description = "", isSecret } = z.globalRegistry.get(schema) ?? {};
    return {
      name,
      value: value === null ? null : isSecret === true ? hidden : withoutPassword(value),
      source: given !== undefined ? "environment" : value === null ? "unset" : "default",
      description,
    };
  });
}

/** The user stays, because it says which role a process serves as; everything else in front of the @ goes. */
function withoutPassword(value: string): string {
  // By text and not by URL: what is not quite a URL may hold a password too.
  return value
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/?#]*):[^/?#]*@/i, `$1:${hidden}@`)
    .replaceAll(/([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*/gi, `$1${hidden}`);
}
