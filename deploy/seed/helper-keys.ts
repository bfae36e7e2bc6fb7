import { tenantIdSchema } from "@millwright/contracts/units";

import { makeTenantSecret } from "../../core/src/modules/identity/tenant-secret.ts";
import { secret } from "../database/secrets.ts";
import { firstTenant, type SeededKey } from "./first-tenant.ts";

/** What runs beside core on this machine and asks its API as any other program does. */
export const helpers = {
  start: { name: "Start table", roles: ["integration"] },
  demo: { name: "Demo plant", roles: ["plant_manager"] },
} as const satisfies Record<string, Omit<SeededKey, "random">>;
export type Helper = keyof typeof helpers;

/** What `seedAccess` is asked for, for a helper whose secret lies in DATA_DIR/secrets. */
export function seededKeyOf(dataDir: string, helper: Helper): SeededKey {
  return { ...helpers[helper], random: secret(dataDir, secretName(helper)) };
}

/** The API key of a helper of the first company. */
export async function helperKey(dataDir: string, helper: Helper): Promise<string> {
  const tenantId = tenantIdSchema.parse(firstTenant.tenantId);
  const { text } = await makeTenantSecret("mw_", tenantId, secret(dataDir, secretName(helper)));
  return text;
}

function secretName(helper: Helper): string {
  return `api-key-${helper}`;
}
