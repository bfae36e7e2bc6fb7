import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { type RawBuilder, sql } from "kysely";

import { Fault } from "../errors.ts";
import type { Log } from "../observe/log.ts";
import { urlOfAddress } from "./address.ts";
import { Database } from "./database.ts";
import { Leases } from "./lease.ts";
import { Listener } from "./listener.ts";
import { AllNotices } from "./notices.ts";
import { waitForSchema } from "./schema-version.ts";
import type { Transaction } from "./transaction.ts";

/** A database some tenants live in, and who hears its notices. It has its own log, cursors and jobs. */
export type Home = {
  /** Its address without a login, for logs and health. */
  readonly name: string;
  readonly db: Database;
  readonly listener: Listener;
  readonly leases: Leases;
};

/** What is known of a database of the registry; `home` is null while it is away. */
export type Residence = {
  readonly name: string;
  readonly home: Home | null;
  /** Why it is away. */
  readonly problem: string | null;
};

type Options = { log: Log; poolMax: number; idleMs?: number };

/**
 * Every database of an installation behind the doors of one. A tenant lives in the installation's
 * database, fenced by row security, or, when `platform.tenant_database` says so, in a database of its
 * own; who calls `inTenant` need not know. A database that is away takes down only its tenants: their
 * calls fail with a Fault, and it is tried again every two seconds.
 */
export class Databases {
  /** Hears the notices of every database. */
  readonly listener = new AllNotices();
  readonly #installation: Home;
  readonly #options: Options;
  readonly #residences = new Map<string, OpenResidence>();
  #residents: ReadonlyMap<TenantId, string> = new Map();
  /** Tenants that were asked for and are not in the registry. */
  readonly #atInstallation = new Set<TenantId>();
  readonly #everywhere = new Set<Everywhere>();
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /**
   * Opens the installation's database once it has the schema of this source tree (at most 60 s), and
   * the tenants' as far as they are there.
   */
  static async open(url: string, options: Options): Promise<Databases> {
    await using opening = new AsyncDisposableStack();
    const installation = newHome("database", url, options);
    const databases = opening.use(new Databases(installation, options));
    await waitForSchema(installation.db, { timeoutMs: schemaWaitMs });
    await Promise.all([installation.listener.start(), databases.#look()]);
    const first = [...databases.#residences.values()].map(({ opening: tried }) => tried);
    await Promise.race([Promise.all(first), new Promise((go) => setTimeout(go, firstWaitMs))]);
    databases.#watch();
    opening.move();
    return databases;
  }

  private constructor(installation: Home, options: Options) {
    this.#installation = installation;
    this.#options = options;
    this.listener.add(installation.listener);
  }

  /** The database that every tenant without an own one shares, and the registry. */
  get installation(): Home {
    return this.#installation;
  }

  /** Of the installation's database. */
  get url(): string {
    return this.#installation.db.url;
  }

  /** The databases that are there, the installation's first. */
  homes(): Home[] {
    const others = [...this.#residences.values()].flatMap(({ home }) => home ?? []);
    return [this.#installation, ...others];
  }

  /** The databases of the registry, there or away; for health. */
  residences(): Residence[] {
    return [...this.#residences.values()];
  }

  /** @see Database.inTenant · @throws Fault when the tenant's database is away. */
  async inTenant<T>(tenantId: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { db } = await this.homeOf(tenantId);
    return db.inTenant(tenantId, work);
  }

  /** @see Database.reading · @throws Fault when the tenant's database is away. */
  async reading<T>(tenantId: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { db } = await this.homeOf(tenantId);
    return db.reading(tenantId, work);
  }

  /** @see Database.inSnapshot · @throws Fault when the tenant's database is away. */
  async inSnapshot<T>(tenantId: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { db } = await this.homeOf(tenantId);
    return db.inSnapshot(tenantId, work);
  }

  /** @see Database.inInstallation: in the installation's database. */
  async inInstallation<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#installation.db.inInstallation(work);
  }

  /** One statement outside of any tenant, in the installation's database. */
  async query<Row>(statement: RawBuilder<Row>): Promise<Row[]> {
    return this.#installation.db.query(statement);
  }

  /** Where a tenant lives. @throws Fault while that database is away. */
  async homeOf(tenantId: TenantId): Promise<Home> {
    if (this.#atInstallation.has(tenantId)) return this.#installation;
    if (!this.#residents.has(tenantId)) await this.#look();
    const residence = this.#residences.get(this.#residents.get(tenantId) ?? "");
    if (residence === undefined) {
      if (this.#atInstallation.size >= knownMax) this.#atInstallation.clear();
      this.#atInstallation.add(tenantId);
      return this.#installation;
    }
    await residence.opening;
    if (residence.home !== null) return residence.home;
    throw new Fault("The database of this company is not reachable.", {
      cause: new Error(`${residence.name}: ${residence.problem}`),
      isRetryable: true,
    });
  }

  /** These tenants by the database they live in. Those of a database that is away are left out. */
  byHome(tenantIds: Iterable<TenantId>): Map<Home, TenantId[]> {
    const homeNow = (tenantId: TenantId) => {
      const address = this.#residents.get(tenantId);
      return address === undefined ? this.#installation : this.#residences.get(address)?.home;
    };
    const grouped = Map.groupBy(tenantIds, homeNow);
    return new Map([...grouped].flatMap(([home, ids]) => (home ? [[home, ids] as const] : [])));
  }

  /**
   * Runs a part in every database, also in those that join later or come back, until disposed.
   * Rejects when it cannot be opened in the installation's; elsewhere it is tried again.
   */
  async everywhere(
    open: (home: Home) => AsyncDisposable | Promise<AsyncDisposable>,
  ): Promise<AsyncDisposable> {
    const parts = new Map<Home, AsyncDisposable>();
    const everywhere: Everywhere = { open, parts };
    parts.set(this.#installation, await open(this.#installation));
    this.#everywhere.add(everywhere);
    await Promise.all(this.homes().map((home) => this.#join(everywhere, home)));
    return {
      [Symbol.asyncDispose]: async () => {
        this.#everywhere.delete(everywhere);
        await Promise.all([...parts.values()].map((part) => part[Symbol.asyncDispose]()));
      },
    };
  }

  async #join(everywhere: Everywhere, home: Home): Promise<void> {
    const { open, parts } = everywhere;
    if (parts.has(home)) return;
    // Taken before it is open, so that it is not opened twice.
    parts.set(home, nothing);
    try {
      const part = await open(home);
      if (this.#everywhere.has(everywhere) && parts.has(home)) parts.set(home, part);
      else await part[Symbol.asyncDispose]();
    } catch (error) {
      parts.delete(home);
      this.#options.log.warn({ err: error, database: home.name }, "a part does not start there");
    }
  }

  #watch(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.#look()
        .catch((error: unknown) =>
          this.#options.log.warn({ err: error }, "the registry of databases is not readable"),
        )
        .finally(() => this.#watch());
    }, lookMs);
  }

  /** Reads the registry; whoever asks meanwhile waits for the same reading. */
  #look(): Promise<void> {
    this.#looking ??= this.#readRegistry().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #readRegistry(): Promise<void> {
    const rows = await this.query(sql<{ tenant_id: string; address: string }>`
      select tenant_id, address from platform.tenant_databases()`);
    this.#residents = new Map(
      rows.map((row) => [tenantIdSchema.parse(row.tenant_id), row.address]),
    );
    for (const tenantId of this.#residents.keys()) this.#atInstallation.delete(tenantId);
    const addresses = new Set(rows.map(({ address }) => address));
    for (const [address, residence] of this.#residences) {
      if (!addresses.has(address)) await this.#leave(address, residence);
    }
    for (const address of addresses) this.#enter(address);
    // Not awaited: a database that hangs must not keep others from being found.
    for (const everywhere of this.#everywhere) {
      for (const home of this.homes()) void this.#join(everywhere, home);
    }
  }

  #enter(address: string): void {
    const known = this.#residences.get(address);
    if (known?.home != null || known?.isOpening === true) return;
    if (known === undefined && this.#residences.size >= databasesMax) {
      this.#options.log.error({ database: address }, `more than ${databasesMax} tenant databases`);
      return;
    }
    const residence: OpenResidence = known ?? {
      name: address,
      home: null,
      problem: null,
      isOpening: false,
      opening: Promise.resolve(),
    };
    this.#residences.set(address, residence);
    residence.opening = this.#openHome(address, residence);
  }

  async #openHome(address: string, residence: OpenResidence): Promise<void> {
    residence.isOpening = true;
    const { log } = this.#options;
    const url = urlOfAddress(address, this.url);
    const home = newHome(address, url, {
      log,
      poolMax: tenantPoolMax,
      idleMs: tenantIdleMs,
    });
    try {
      await waitForSchema(home.db, { timeoutMs: 0 });
      await home.listener.start();
      residence.home = home;
      residence.problem = null;
      this.listener.add(home.listener);
      for (const everywhere of this.#everywhere) await this.#join(everywhere, home);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // Every two seconds is too often for a log; once says it.
      if (residence.problem !== problem) log.error({ err: error, database: address }, "away");
      residence.problem = problem;
      await closeHome(home);
    } finally {
      residence.isOpening = false;
    }
  }

  async #leave(address: string, residence: OpenResidence): Promise<void> {
    this.#residences.delete(address);
    await residence.opening;
    const { home } = residence;
    if (home === null) return;
    // What came last uses what came before it.
    for (const { parts } of [...this.#everywhere].toReversed()) {
      await parts.get(home)?.[Symbol.asyncDispose]();
      parts.delete(home);
    }
    this.listener.remove(home.listener);
    await closeHome(home);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking?.catch(() => undefined);
    for (const [address, residence] of this.#residences) await this.#leave(address, residence);
    await closeHome(this.#installation);
  }
}

type OpenResidence = {
  name: string;
  home: Home | null;
  problem: string | null;
  isOpening: boolean;
  opening: Promise<void>;
};

type Everywhere = {
  open: (home: Home) => AsyncDisposable | Promise<AsyncDisposable>;
  parts: Map<Home, AsyncDisposable>;
};

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

function newHome(name: string, url: string, { log, poolMax, idleMs }: Options): Home {
  const onError = (error: Error) =>
    log.warn({ err: error, database: name }, "an idle database connection broke");
  return {
    name,
    db: new Database(url, { poolMax, ...(idleMs !== undefined && { idleMs }), onError }),
    listener: new Listener(url, log),
    leases: new Leases(url),
  };
}

async function closeHome(home: Home): Promise<void> {
  await home.leases[Symbol.asyncDispose]();
  await home.listener[Symbol.asyncDispose]();
  await home.db[Symbol.asyncDispose]();
}

const schemaWaitMs = 60_000;
// A tenant whose database hangs must not hold up the start of all others.
const firstWaitMs = 3_000;
const lookMs = 2_000;
// What one worker and one listener per tenant can be held open for on one server (decision record 0011).
const databasesMax = 50;
// One company's screens.
const tenantPoolMax = 4;
// Longer than the second after which subscriptions and policies look again: those keep one open, and
// what a busy moment opened beside it is given back soon, because fifty companies share one server.
const tenantIdleMs = 2_000;
// Ids are 36 bytes: under 1 MB, and cleared rather than grown.
const knownMax = 10_000;
