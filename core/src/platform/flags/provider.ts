import { tenantIdSchema } from "@millwright/contracts/units";
import {
  ErrorCode,
  type EvaluationContext,
  type Provider,
  type ResolutionDetails,
  StandardResolutionReasons,
} from "@openfeature/server-sdk";
import { z } from "zod";

import type { TenantCopies } from "../config/tenant-copies.ts";
import { type FlagRule, isOnFor } from "./flag.ts";

/**
 * OpenFeature over the flags of each tenant in PostgreSQL. All our flags are boolean; a question for
 * another type is answered with its default and says why.
 */
export function postgresFlags(copies: TenantCopies<ReadonlyMap<string, FlagRule>>): Provider {
  return {
    metadata: { name: "millwright-postgres" },
    runsOn: "server",
    resolveBooleanEvaluation: async (flag, fallback, context) => {
      const asked = contextSchema.safeParse(context);
      if (!asked.success) {
        return { value: fallback, reason: "ERROR", errorCode: ErrorCode.INVALID_CONTEXT };
      }
      const { tenantId, targetingKey, roles, siteIds } = asked.data;
      const rule = (await copies.of(tenantId)).get(flag);
      if (rule === undefined) {
        return { value: fallback, reason: "ERROR", errorCode: ErrorCode.FLAG_NOT_FOUND };
      }
      const value = isOnFor(flag, rule, { key: targetingKey, roles, siteIds });
      const reason = rule.isOn
        ? StandardResolutionReasons.TARGETING_MATCH
        : StandardResolutionReasons.DISABLED;
      return { value, reason };
    },
    resolveStringEvaluation: notBoolean,
    resolveNumberEvaluation: notBoolean,
    resolveObjectEvaluation: notBoolean,
  };
}

const contextSchema = z.object({
  tenantId: tenantIdSchema,
  targetingKey: z.string(),
  roles: z.array(z.string()).default([]),
  siteIds: z.array(z.string()).default([]),
}) satisfies z.ZodType<EvaluationContext>;

function notBoolean<T>(_: string, fallback: T): Promise<ResolutionDetails<T>> {
  return Promise.resolve({
    value: fallback,
    reason: "ERROR",
    errorCode: ErrorCode.TYPE_MISMATCH,
  });
}
