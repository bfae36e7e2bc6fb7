import type { Transaction } from "../../platform/db/transaction.ts";
import type { Platform } from "../../platform/platform.ts";
import { AccessTokens } from "./access-token.ts";
import { Callers } from "./callers.ts";
import { productionDayAt } from "./production-day.ts";
import { readSite } from "./queries.ts";

export { identityObjectTypes, userAttributes } from "./permissions.ts";
export type { ProductionDay } from "./production-day.ts";
export { seedApiKey, seedPolicy } from "./seed-access.ts";
export { readTenantIds } from "./tenant-ids.ts";
export type IdentityModule = ReturnType<typeof identityModule>;

/** Front door of identity: whose data it is, who asks, where and in which day we are. */
export function identityModule(platform: Platform, options: { signingKeys: readonly string[] }) {
  const tokens = new AccessTokens(options.signingKeys);
  return {
    authenticator: new Callers(platform, tokens),
    /** The one site of the tenant. @throws Fault when it has none */
    site: (tx: Transaction) => readSite(tx),
    /** The production day that is running now at the site (DOMAIN.md). */
    productionDay: (tx: Transaction) => productionDayAt(tx, platform.clock.now()),
  };
}
