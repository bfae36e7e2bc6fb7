import type { Transaction } from "../../platform/db/transaction.ts";
import type { Platform } from "../../platform/platform.ts";
import { Passwords } from "../../platform/passwords/passwords.ts";
import { Seal } from "../../platform/seal.ts";
import { AccessTokens } from "./access-token.ts";
import { type AccessChange, AccessWatch } from "./access-watch.ts";
import { Callers } from "./callers.ts";
import type { IdentityDeps } from "./deps.ts";
import { directory } from "./directory.ts";
import { openViewers } from "./open-viewers.ts";
import { productionDayAt } from "./production-day.ts";
import { readSite } from "./queries.ts";
import { identityRoutes } from "./routes.ts";

export { isAbout } from "./callers.ts";
export { identityObjectTypes, userAttributes } from "./permissions.ts";
export { readSite, type Site } from "./queries.ts";
export { identityTableRoutes } from "./table-routes.ts";
export type { ProductionDay } from "./production-day.ts";
export { seedApiKey, seedPolicy } from "./seed-access.ts";
export { readTenantIds } from "./tenant-ids.ts";
export type IdentityModule = ReturnType<typeof identityModule>;

/** What identity brings to its own routes. */
type OwnDeps = Pick<
  IdentityDeps,
  | "platform"
  | "passwords"
  | "tokens"
  | "callers"
  | "isSecure"
  | "publicUrl"
  | "oidcMayBeInside"
  | "seal"
>;

/** Front door of identity: whose data it is, who asks, where and in which day we are. */
export function identityModule(
  platform: Platform,
  options: {
    signingKeys: readonly string[];
    sealingKeys?: readonly string[] | undefined;
    publicUrl?: string | undefined;
    oidcMayBeInside?: boolean | undefined;
  },
) {
  const { publicUrl, signingKeys, sealingKeys = signingKeys } = options;
  const { oidcMayBeInside = false } = options;
  const tokens = new AccessTokens(signingKeys);
  const callers = new Callers(platform, tokens);
  const isSecure = publicUrl?.startsWith("https:") === true;
  return {
    authenticator: callers,
    /** Feeds what is known of callers from the event log; start it, and dispose it before the database. */
    access: (onChange: (change: AccessChange) => void) =>
      new AccessWatch({ platform, callers, onChange }),
    /** Which of those who listen to a live stream may still do so. */
    areOpen: openViewers(platform),
    routes: (deps: Omit<IdentityDeps, keyof OwnDeps>) => {
      const passwords = new Passwords();
      const seal = new Seal(sealingKeys);
      const where = { isSecure, publicUrl, oidcMayBeInside };
      const own = { platform, passwords, tokens, callers, seal, ...where };
      return identityRoutes({ ...deps, ...own });
    },
    /** The one site of the tenant. @throws Fault when it has none */
    site: (tx: Transaction) => readSite(tx),
    /** The production day that is running now at the site (DOMAIN.md). */
    productionDay: (tx: Transaction) => productionDayAt(tx, platform.clock.now()),
  };
}

/** What the worker runs for identity. */
export function identitySubscriptions({ platform }: { platform: Platform }) {
  return [directory(platform.db)];
}
