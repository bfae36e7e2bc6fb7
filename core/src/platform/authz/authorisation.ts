import type { TenantId } from "@millwright/contracts/units";

import type { Databases } from "../db/databases.ts";
import type { Notices } from "../db/notices.ts";
import type { Database } from "../db/database.ts";
import { Fault } from "../errors.ts";
import { WakeUp } from "../events/wake-up.ts";
import type { Log } from "../observe/log.ts";
import type { Catalogue } from "./catalogue.ts";
import { couldAllow, decide, explain, type Explanation, type Question } from "./decide.ts";
import { Enforcers } from "./enforcers.ts";
import { indexPolicy, objectTypeOf, type Policy } from "./policy.ts";
import { readPolicy, readVersion, readVersions } from "./store.ts";

type Deps = { db: Databases; listener: Notices; log: Log };

/**
 * Answers who may do what, by the policy of each tenant. Default deny. A policy is read when its
 * tenant is first asked about. Its version is compared with the stored one at every notice of a
 * change, after a reconnect and every second; when it moved, the policy is read again before the next
 * answer. One that could not be compared for 10 s is not used: then a question fails (a Fault) rather
 * than be answered by a rule that may have been taken back.
 */
export class Authorisation {
  readonly #deps: Deps;
  readonly #catalogue: Catalogue;
  readonly #onChange: (tenantId: TenantId) => void;
  readonly #wakeUp: WakeUp;
  readonly #enforcers: Enforcers;
  readonly #held = new Map<TenantId, Held>();
  #isStopped = false;
  #watching: Promise<void> | null = null;

  /** `onChange` hears once of each change that is noticed: what was decided before may be otherwise now. */
  constructor(
    catalogue: Catalogue,
    deps: Deps,
    onChange: (tenantId: TenantId) => void = () => undefined,
  ) {
    this.#deps = deps;
    this.#onChange = onChange;
    this.#catalogue = catalogue;
    this.#wakeUp = new WakeUp(deps.listener);
    this.#enforcers = new Enforcers({
      max: enforcersMax,
      onFailure: (error, key) =>
        deps.log.error({ err: error, key }, "a condition threw, which denies"),
    });
  }

  /** Watches for changes from now on. Without it every answer after 10 s compares first. */
  start(): void {
    this.#watching = this.#watch();
  }

  /** @throws Fault when the policy cannot be read: nobody may, until it can. */
  async isAllowed(tenantId: TenantId, question: Question): Promise<boolean> {
    const policy = await this.#policyOf(tenantId);
    return decide(policy, question, { enforcers: this.#enforcers, tenantId });
  }

  /** The same decision with its reasons: which role, which rule, which comparison, which values. */
  async explain(tenantId: TenantId, question: Question): Promise<Explanation> {
    const policy = await this.#policyOf(tenantId);
    const isAllowed = await decide(policy, question, { enforcers: this.#enforcers, tenantId });
    return explain(policy, question, isAllowed);
  }

  /** Whether some rule could allow it: see `couldAllow`. */
  async couldAllow(
    tenantId: TenantId,
    asked: Pick<Question, "roles" | "objectType" | "action">,
  ): Promise<boolean> {
    return couldAllow(await this.#policyOf(tenantId), asked);
  }

  /** `objectType:action` of everything these roles could be allowed, for screens. */
  async permissionsOf(tenantId: TenantId, roles: readonly string[]): Promise<string[]> {
    const policy = await this.#policyOf(tenantId);
    return Object.entries(this.#catalogue.objectTypes).flatMap(([objectType, { actions }]) =>
      actions
        .filter((action) => couldAllow(policy, { roles, objectType, action }))
        .map((action) => `${objectType}:${action}`),
    );
  }

  /** The tenant's policy was just saved by this process: the next answer is by the new one. */
  reread(tenantId: TenantId): void {
    const held = this.#held.get(tenantId);
    if (held !== undefined) this.#outdate(tenantId, held);
  }

  /** The policy as it is in force here. */
  async policy(tenantId: TenantId): Promise<Policy> {
    return this.#policyOf(tenantId);
  }

  hasAction(objectType: string, action: string): boolean {
    return objectTypeOf(this.#catalogue, objectType)?.actions.includes(action) === true;
  }

  #policyOf(tenantId: TenantId): Policy | Promise<Policy> {
    const held = this.#held.get(tenantId);
    if (held !== undefined && isCurrent(held)) return held.policy ?? this.#refresh(tenantId);
    return this.#refresh(tenantId);
  }

  async #refresh(tenantId: TenantId): Promise<Policy> {
    const held = this.#hold(tenantId);
    for (let attempt = 1; attempt <= readsMax; attempt += 1) {
      // Everybody who asks meanwhile waits for the same read.
      held.reading ??= this.#read(tenantId, held).finally(() => {
        held.reading = null;
      });
      await held.reading;
      // A change may have been noticed while we read what was before it.
      if (held.policy !== null && isCurrent(held)) return held.policy;
    }
    throw new Fault("The authorisation policy changes faster than it can be read.", {
      cause: new Error(`${readsMax} reads were each overtaken`),
      isRetryable: true,
    });
  }

  async #read(tenantId: TenantId, held: Held): Promise<void> {
    const startedMs = performance.now();
    // Before reading: a change that is noticed from here on must be read again.
    held.isOutdated = false;
    await this.#deps.db.inTenant(tenantId, async (tx) => {
      if (held.policy !== null && (await readVersion(tx)) === held.version) return;
      const { version, document } = await readPolicy(tx);
      held.policy = indexPolicy(document, this.#catalogue);
      held.version = version;
    });
    // As old as the question, not as the answer.
    held.comparedMs = startedMs;
    for (const problem of held.policy?.problems ?? []) {
      this.#deps.log.warn({ tenantId, problem }, "part of a stored policy is not used");
    }
  }

  #hold(tenantId: TenantId): Held {
    const found = this.#held.get(tenantId);
    if (found !== undefined) return found;
    const held: Held = {
      policy: null,
      version: 0n,
      isOutdated: false,
      comparedMs: Number.NEGATIVE_INFINITY,
      reading: null,
    };
    this.#held.set(tenantId, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > tenantsMax && oldest !== undefined) this.#held.delete(oldest);
    return held;
  }

  async #watch(): Promise<void> {
    while (!this.#isStopped) {
      await this.#compare();
      await this.#wakeUp.wait(compareMs);
    }
  }

  async #compare(): Promise<void> {
    const homes = [...this.#deps.db.byHome(this.#held.keys())];
    // One database that does not answer must not outdate the policies of the others.
    await Promise.all(
      homes.map(([{ db, name }, tenantIds]) =>
        this.#compareIn(db, tenantIds).catch((error: unknown) =>
          this.#deps.log.warn(
            { err: error, database: name },
            "authorisation policies cannot be compared",
          ),
        ),
      ),
    );
  }

  async #compareIn(db: Database, tenantIds: readonly TenantId[]): Promise<void> {
    const startedMs = performance.now();
    const stored = await readVersions(db, tenantIds);
    for (const tenantId of tenantIds) {
      const held = this.#held.get(tenantId);
      if (held === undefined) continue;
      if (held.version !== (stored.get(tenantId) ?? 0n)) this.#outdate(tenantId, held);
      else held.comparedMs = Math.max(held.comparedMs, startedMs);
    }
  }

  #outdate(tenantId: TenantId, held: Held): void {
    const wasCurrent = !held.isOutdated;
    held.isOutdated = true;
    if (wasCurrent) this.#onChange(tenantId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp[Symbol.dispose]();
    await this.#watching;
  }
}

type Held = {
  policy: Policy | null;
  version: bigint;
  /** The stored version moved since it was read. */
  isOutdated: boolean;
  /** When it was last known to be the stored one, on the process's monotonic clock. */
  comparedMs: number;
  reading: Promise<void> | null;
};

function isCurrent(held: Held): boolean {
  return !held.isOutdated && performance.now() - held.comparedMs < comparedMsMax;
}

// A notice may be lost; a person does not notice a second (decision 5).
const compareMs = 1_000;
// Bounds how long a right can outlive its withdrawal when the database is out of reach.
const comparedMsMax = 10_000;
// About 8 KB of heap and 0.2 ms to build each: at most 80 MB, and only if that many keys are in use.
const enforcersMax = 10_000;
const tenantsMax = 1_000;
// Each read is overtaken only by a newer save; five saves within five reads is an attack or a loop.
const readsMax = 5;
