import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Fault } from "../../platform/errors.ts";
import type { Platform, ResolveTenant } from "../../platform/platform.ts";
import { productionDayAt } from "./production-day.ts";
import { readSite } from "./queries.ts";

export type { ProductionDay } from "./production-day.ts";
export type IdentityModule = ReturnType<typeof identityModule>;

/** Front door of identity: whose data it is, where and in which day we are. */
export function identityModule(platform: Platform) {
  return {
    onlyTenant: onlyTenantOf(platform),
    /** The one site of the tenant. @throws Fault when it has none */
    site: (tx: Transaction) => readSite(tx),
    /** The production day that is running now at the site (DOMAIN.md). */
    productionDay: (tx: Transaction) => productionDayAt(tx, platform.clock.now()),
  };
}

/** Asks once; a tenant never changes while a process runs, but it may not be seeded yet. */
function onlyTenantOf(platform: Platform): ResolveTenant {
  let known: TenantId | null = null;
  return async () => {
    if (known !== null) return known;
    const [row] = await platform.db.query(
      sql<{ tenant_id: string | null }>`select identity.only_tenant() as tenant_id`,
    );
    const tenantId = row?.tenant_id ?? null;
    if (tenantId === null) {
      const message = "This installation has no tenant, or more than one and no sign-in yet.";
      throw new Fault(message, { cause: null, isRetryable: true });
    }
    known = tenantIdSchema.parse(tenantId);
    return known;
  };
}
