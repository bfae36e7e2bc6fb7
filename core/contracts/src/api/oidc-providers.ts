import { createRoute, z } from "@hono/zod-openapi";

import {
  idempotencyHeaderSchema,
  json,
  problemResponses,
  requiredText,
  rowsOf,
} from "./problem.ts";

const roleSchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

const oidcProviderFields = {
  name: requiredText(60),
  /** As the provider names itself in its tokens; `<issuer>/.well-known/openid-configuration` is read. */
  issuer: z.url().max(500),
  clientId: requiredText(200),
  scopes: z
    .string()
    .max(200)
    .regex(/^openid( |$)/, "begins with openid")
    .default("openid email profile"),
  isActive: z.boolean().default(true),
  /** Whoever the provider knows by a verified address becomes a user; else by invitation only. */
  provisions: z.boolean().default(false),
  defaultRoles: z.array(roleSchema).max(50).default([]),
  /** A claim of the ID token whose value or values `rolesByClaim` maps; null: none. */
  roleClaim: requiredText(200).nullable().default(null),
  rolesByClaim: z.record(z.string().max(200), roleSchema).default({}),
} as const;

export const oidcProviderSchema = z
  .object({
    providerId: z.string(),
    ...oidcProviderFields,
    /** What the provider has to be told: where it may send people back to. */
    redirectUri: z.string(),
    version: z.number().int(),
  })
  .openapi("OidcProvider");
export type OidcProvider = z.infer<typeof oidcProviderSchema>;

/** The secret is written and never shown. */
export const newOidcProviderSchema = z
  .object({ ...oidcProviderFields, clientSecret: requiredText(500) })
  .openapi("NewOidcProvider");
export type NewOidcProvider = z.infer<typeof newOidcProviderSchema>;

/** All fields as they shall be; without `clientSecret` it stays. */
export const changeOidcProviderSchema = z
  .object({
    ...oidcProviderFields,
    clientSecret: requiredText(500).optional(),
    version: z.number().int(),
  })
  .openapi("ChangeOidcProvider");
export type ChangeOidcProvider = z.infer<typeof changeOidcProviderSchema>;

const params = z.object({ providerId: z.string().max(100) });
const one = { 200: json(oidcProviderSchema, "The provider"), ...problemResponses };

export const listOidcProviders = createRoute({
  method: "get",
  path: "/api/admin/oidc-providers",
  tags: ["people"],
  responses: { 200: json(rowsOf(oidcProviderSchema), "By name, at most 20"), ...problemResponses },
});

export const createOidcProvider = createRoute({
  method: "post",
  path: "/api/admin/oidc-providers",
  tags: ["people"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(newOidcProviderSchema, "The provider and its secret") },
  },
  responses: {
    201: json(oidcProviderSchema, "The provider"),
    ...problemResponses,
  },
});

/** Refusals: oidc_provider.unknown (404) · oidc_provider.changed (409) when `version` is not the newest. */
export const changeOidcProvider = createRoute({
  method: "put",
  path: "/api/admin/oidc-providers/{providerId}",
  tags: ["people"],
  request: {
    params,
    body: { required: true, ...json(changeOidcProviderSchema, "As it shall be") },
  },
  responses: one,
});

/** Nobody signs in by it any more; open sessions stay, and end like others. */
export const deleteOidcProvider = createRoute({
  method: "delete",
  path: "/api/admin/oidc-providers/{providerId}",
  tags: ["people"],
  request: { params },
  responses: { 200: json(z.object({}), "Gone"), ...problemResponses },
});
