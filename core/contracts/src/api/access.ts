import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  note,
  problemResponses,
  requiredText,
  rowsOf,
  text,
} from "./problem.ts";

const attributeTypeSchema = z.enum(["decimal", "text", "boolean", "text_list"]);

/** What can be allowed: every object type with its actions and the attributes conditions may name. */
export const catalogueSchema = z
  .object({
    user: z.record(z.string(), attributeTypeSchema),
    objectTypes: z.record(
      z.string(),
      z.object({
        actions: z.array(z.string()),
        attributes: z.record(z.string(), attributeTypeSchema),
      }),
    ),
  })
  .openapi("Catalogue");

export const roleSchema = z.object({
  /** Stable name that users and rules refer to, `^[a-z][a-z0-9_]{0,62}$`. */
  role: text(63),
  title: requiredText(200),
  /** Roles whose rules it has as well. */
  parents: z.array(text(63)).max(20),
});

export const ruleSchema = z.object({
  ruleId: z.uuid(),
  role: text(63),
  objectType: text(63).describe("`*`: every one"),
  action: text(63).describe("`*`: every one"),
  /** deny wins over allow, whatever the role. */
  effect: z.enum(["allow", "deny"]),
  /** `object.amount < 10000 and object.departmentId = user.departmentId`; null: always. */
  condition: note(2000).nullable(),
});

export const policySchema = z
  .object({
    version: z.string(),
    roles: z.array(roleSchema).max(500),
    rules: z.array(ruleSchema).max(20_000),
  })
  .openapi("Policy");
export type PolicyOnTheWire = z.infer<typeof policySchema>;

export const getCatalogue = createRoute({
  method: "get",
  path: "/api/admin/catalogue",
  tags: ["access"],
  responses: { 200: json(catalogueSchema, "What there is to be allowed"), ...problemResponses },
});

export const getPolicy = createRoute({
  method: "get",
  path: "/api/admin/policy",
  tags: ["access"],
  responses: {
    200: json(policySchema, "Roles and rules; ETag is the version"),
    ...problemResponses,
  },
});

/** Replaces roles and rules at once. @throws authz.* · policy.locks_out: nobody could edit it again */
export const replacePolicy = createRoute({
  method: "put",
  path: "/api/admin/policy",
  tags: ["access"],
  request: {
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(policySchema.omit({ version: true }), "As it shall be") },
  },
  responses: { 200: json(policySchema, "As saved"), ...problemResponses },
});

export const explanationSchema = z
  .object({
    isAllowed: z.boolean(),
    because: z.string(),
    rules: z.array(
      z.object({
        rule: ruleSchema,
        through: z.string(),
        outcome: z.enum(["matches", "does_not_match", "unknown"]),
        unknown: z.array(z.string()),
        /** Comparisons that kept the rule from matching, with the values they met. */
        against: z.array(z.object({ text: z.string(), values: z.record(z.string(), z.string()) })),
      }),
    ),
  })
  .openapi("Explanation");

/** "Why was this refused?", asked of the current policy with a user's roles and attributes. */
export const explainDecision = createRoute({
  method: "post",
  path: "/api/admin/policy/explain",
  tags: ["access"],
  request: {
    body: {
      required: true,
      ...json(
        z.object({
          userId: z.uuid(),
          objectType: text(63),
          action: text(63),
          object: z.record(
            z.string().max(63),
            z.union([z.string().max(500), z.boolean(), z.array(z.string().max(500)).max(100)]),
          ),
        }),
        "Who would do what to which object",
      ),
    },
  },
  responses: { 200: json(explanationSchema, "The decision and its reasons"), ...problemResponses },
});

/** A decision that refused somebody, kept for the administrator: the last 1,000 of a tenant. */
export const refusedDecisionSchema = z
  .object({
    time: iso8601Schema,
    who: z.string(),
    userId: z.uuid().nullable(),
    objectType: z.string(),
    action: z.string(),
    /** Attributes of the object as they were asked. */
    object: z.record(z.string(), z.unknown()),
    because: z.string(),
  })
  .openapi("RefusedDecision");

export const listRefusedDecisions = createRoute({
  method: "get",
  path: "/api/admin/policy/refusals",
  tags: ["access"],
  responses: {
    200: json(rowsOf(refusedDecisionSchema), "Newest first, ≤ 200"),
    ...problemResponses,
  },
});

export const apiKeySchema = z
  .object({
    apiKeyId: z.uuid(),
    name: z.string(),
    /** First characters, to tell keys apart; the rest is stored as a digest only. */
    prefix: z.string(),
    roles: z.array(z.string()),
    createdTime: iso8601Schema,
    createdBy: z.string(),
    expiresTime: iso8601Schema.nullable(),
    lastUsedTime: iso8601Schema.nullable(),
    revokedTime: iso8601Schema.nullable(),
  })
  .openapi("ApiKey");
export type ApiKey = z.infer<typeof apiKeySchema>;

export const listApiKeys = createRoute({
  method: "get",
  path: "/api/admin/api-keys",
  tags: ["access"],
  responses: { 200: json(rowsOf(apiKeySchema), "Newest first, at most 500"), ...problemResponses },
});

/** `key` is shown in this answer and never again; a repeat with the same Idempotency-Key is refused. */
export const createApiKey = createRoute({
  method: "post",
  path: "/api/admin/api-keys",
  tags: ["access"],
  request: {
    body: {
      required: true,
      ...json(
        z.object({
          name: requiredText(100),
          /** At most what the creator has: a key is no way to more rights. */
          roles: z.array(text(63)).min(1).max(50),
          expiresTime: iso8601Schema.nullable().default(null),
        }),
        "The key",
      ),
    },
  },
  responses: {
    201: json(z.object({ apiKey: apiKeySchema, key: z.string() }), "Created"),
    ...problemResponses,
  },
});

export const revokeApiKey = createRoute({
  method: "post",
  path: "/api/admin/api-keys/{apiKeyId}/revoke",
  tags: ["access"],
  request: { params: z.object({ apiKeyId: z.uuid() }), headers: idempotencyHeaderSchema },
  responses: { 200: json(apiKeySchema, "Revoked"), ...problemResponses },
});
