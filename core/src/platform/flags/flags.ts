import type { TenantId } from "@millwright/contracts/units";
import { type Client, NOOP_PROVIDER, OpenFeature } from "@openfeature/server-sdk";

import { TenantCopies } from "../config/tenant-copies.ts";
import type { Subject } from "./flag.ts";
import { type FlagName, flagNames } from "./flag-registry.ts";
import { readFlagRules } from "./flag-store.ts";
import { postgresFlags } from "./provider.ts";

type Deps = ConstructorParameters<typeof TenantCopies>[2];

/** Answers whether a flag is on for somebody, current in every process within a second. */
export class Flags {
  readonly #copies: TenantCopies<Awaited<ReturnType<typeof readFlagRules>>>;
  // OpenFeature's registry is one per program; tests run several platforms in it.
  readonly #domain = crypto.randomUUID();
  readonly #client: Client;

  static async open(deps: Deps): Promise<Flags> {
    const flags = new Flags(deps);
    await OpenFeature.setProviderAndWait(flags.#domain, postgresFlags(flags.#copies));
    return flags;
  }

  private constructor(deps: Deps) {
    this.#copies = new TenantCopies("flag", readFlagRules, deps);
    this.#client = OpenFeature.getClient(this.#domain);
  }

  /** Off when it cannot be known: what a flag hides is not missed for a minute. */
  isOn(tenantId: TenantId, flag: FlagName, { key, roles, siteIds }: Subject): Promise<boolean> {
    return this.#client.getBooleanValue(flag, false, {
      tenantId,
      targetingKey: key,
      ...(roles && { roles: [...roles] }),
      ...(siteIds && { siteIds: [...siteIds] }),
    });
  }

  /** The flags that are on for somebody. */
  async onFor(tenantId: TenantId, subject: Subject): Promise<FlagName[]> {
    const answers = await Promise.all(flagNames.map((flag) => this.isOn(tenantId, flag, subject)));
    return flagNames.filter((_, index) => answers[index]);
  }

  /** A tenant's flags were changed here: the next question reads them. */
  outdate(tenantId: TenantId): void {
    this.#copies.outdate(tenantId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    OpenFeature.setProvider(this.#domain, NOOP_PROVIDER);
    await this.#copies[Symbol.asyncDispose]();
  }
}
