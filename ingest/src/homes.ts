import type { Logger } from "pino";

import type { Pipeline, Totals } from "./pipeline.ts";
import { Home } from "./home.ts";
import { sumTotals } from "./shares.ts";
import type { Watermark } from "./derive/watermark.ts";
import { type Cell, nodeKey } from "./session/cell.ts";
import type { EdgeNode } from "./session/edge-node.ts";
import type { DeadLetter, InboundItem } from "./session/messages.ts";
import { readTenantDatabases, urlOfAddress } from "./store/registry.ts";
import type { Gap } from "./store/gaps.ts";

type Options = {
  /** Of the installation's database. */
  url: string;
  cell: Cell;
  logger: Logger;
  schema: string;
  onStored: (acknowledged: Iterable<EdgeNode>) => void;
  /** A database is there, for the first time or again. */
  onOpened: (home: Home) => void;
  /** The installation's database refuses a batch for good: a bug of ours. */
  onFailure: (error: unknown) => void;
};

/**
 * Where readings are stored: each group's in the database of its tenant. A database that is away holds
 * up its own gateways only; when its queue is full their readings are dropped unacknowledged, so that
 * edge logs send them again, and are counted.
 */
export class Homes {
  readonly installation: Home;
  /** Readings that were not taken because their database was away and its queue full. */
  dropped = 0;
  readonly #options: Options;
  readonly #tenants = new Map<string, Home>();
  #addressOf: ReadonlyMap<string, string> = new Map();
  readonly #opening = new Map<string, Promise<void>>();
  readonly #problems = new Map<string, string>();
  #conflicts = "";

  static async open(options: Options): Promise<Homes> {
    const installation = await Home.open("database", options.url, { ...options, waitMs: 60_000 });
    void installation.failed.then(options.onFailure);
    options.onOpened(installation);
    const homes = new Homes(installation, options);
    await homes.#look();
    const first = Promise.all(homes.#opening.values());
    await Promise.race([first, pause(firstWaitMs)]);
    homes.#mergeCell();
    return homes;
  }

  private constructor(installation: Home, options: Options) {
    this.installation = installation;
    this.#options = options;
  }

  /** The databases that are there, the installation's first. */
  all(): Home[] {
    return [this.installation, ...this.#tenants.values()];
  }

  /** Whether the tenant's readings go there. */
  isHomeOf(home: Home, tenantId: string): boolean {
    return this.#homeOf(tenantId) === home;
  }

  /** @see Pipeline.offer: a promise when the sender is to wait. */
  offer(items: readonly InboundItem[]): Promise<void> | undefined {
    const groups = Map.groupBy(items, ({ node }) => this.#pipelineOf(node));
    const full: Promise<void>[] = [];
    for (const [pipeline, some] of groups) {
      const isAway = pipeline === null || pipeline.isStuck;
      const taken = isAway ? this.#keepBirths(pipeline, some) : some;
      const waiting = taken.length === 0 ? undefined : pipeline?.offer(taken);
      if (waiting !== undefined && pipeline?.isStuck === false) full.push(waiting);
    }
    if (full.length === 0) return undefined;
    const allTaken = Promise.all(full).then(() => undefined);
    // Others may share the broker's connection with a sender whose database turns out to be away.
    return this.#tenants.size === 0 ? allTaken : Promise.race([allTaken, pause(patienceMs)]);
  }

  complain(letter: DeadLetter): boolean {
    const home = letter.tenantId === null ? this.installation : this.#homeOf(letter.tenantId);
    return home?.shares.pipelines[0]?.complain(letter) ?? false;
  }

  recordGap(gap: Gap): void {
    const key = nodeKey(gap.node.groupId, gap.node.edgeNodeId);
    this.#homeOf(gap.node.tenantId)?.shares.pipelineOf(key).recordGap(gap);
  }

  watermarkOf(session: EdgeNode): Watermark | null {
    return this.#homeOf(session.registered.tenantId)?.shares.watermarkOf(session) ?? null;
  }

  tick(): void {
    for (const { shares } of this.all()) for (const pipeline of shares.pipelines) pipeline.tick();
  }

  totals(): Totals {
    return sumTotals(this.all().map(({ shares }) => shares.totals()));
  }

  /** Reads the registry and what every tenant bound; one that is away keeps what was known. */
  async refresh(): Promise<void> {
    await this.#look();
    await Promise.all(
      this.all().map((home) =>
        home.read().catch((error: unknown) => {
          this.#options.logger.warn(
            { err: error, database: home.name },
            "bindings are not readable",
          );
        }),
      ),
    );
    this.#mergeCell();
  }

  /** Stores what has arrived; `close` afterwards. */
  async drain(): Promise<void> {
    await Promise.all(this.#opening.values());
    await Promise.all(this.all().map((home) => home[Symbol.asyncDispose]()));
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((home) => home.close()));
  }

  /** Null while the tenant's database is away. */
  #homeOf(tenantId: string): Home | null {
    const address = this.#addressOf.get(tenantId);
    return address === undefined ? this.installation : (this.#tenants.get(address) ?? null);
  }

  #pipelineOf({ key, registered }: EdgeNode): Pipeline | null {
    return this.#homeOf(registered.tenantId)?.shares.pipelineOf(key) ?? null;
  }

  // A birth that is lost would leave its metrics without ids; there are few, and the readings come again.
  #keepBirths(pipeline: Pipeline | null, items: readonly InboundItem[]): InboundItem[] {
    const kept = pipeline === null ? [] : items.filter(({ kind }) => kind !== "data");
    this.dropped += items.length - kept.length;
    return kept;
  }

  async #look(): Promise<void> {
    const rows = await readTenantDatabases(this.installation.pool);
    this.#addressOf = new Map(rows.map(({ tenantId, address }) => [tenantId, address]));
    const addresses = [...new Set(this.#addressOf.values())].slice(0, databasesMax);
    for (const address of addresses) this.#enter(address);
    for (const [address, home] of this.#tenants) {
      if (!addresses.includes(address)) await this.#leave(address, home);
    }
  }

  #enter(address: string): void {
    if (this.#tenants.has(address) || this.#opening.has(address)) return;
    const opening = this.#openHome(address).finally(() => this.#opening.delete(address));
    this.#opening.set(address, opening);
  }

  async #openHome(address: string): Promise<void> {
    const { logger, url } = this.#options;
    try {
      const home = await Home.open(address, urlOfAddress(address, url), {
        ...this.#options,
        waitMs: 0,
      });
      this.#tenants.set(address, home);
      this.#problems.delete(address);
      this.#options.onOpened(home);
      void this.#leaveWhenFailed(address, home);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      // Every two seconds is too often for a log; once says it.
      if (this.#problems.get(address) !== problem) {
        logger.error({ err: error, database: address }, "away, and its gateways wait");
      }
      this.#problems.set(address, problem);
    }
  }

  async #leaveWhenFailed(address: string, home: Home): Promise<void> {
    const error = await home.failed;
    this.#options.logger.error(
      { err: error, database: address },
      "a batch cannot be written: opened anew",
    );
    await this.#leave(address, home);
  }

  async #leave(address: string, home: Home): Promise<void> {
    if (this.#tenants.get(address) !== home) return;
    this.#tenants.delete(address);
    await home[Symbol.asyncDispose]();
    await home.close();
  }

  /** A group belongs to one tenant: of two databases that claim it, the one that was first has it. */
  #mergeCell(): void {
    const ownerOf = new Map<string, string>();
    const parts = this.all().map(({ name, part }) => {
      const isOurs = (groupId: string) => (ownerOf.get(groupId) ?? name) === name;
      const nodes = part.nodes.filter(({ groupId }) => isOurs(groupId));
      for (const { groupId } of nodes) ownerOf.set(groupId, name);
      const bindings = part.bindings.filter(({ groupId }) => isOurs(groupId));
      return { nodes, bindings, refused: part.nodes.filter((node) => !nodes.includes(node)) };
    });
    this.#options.cell.replace(
      parts.flatMap(({ nodes }) => nodes),
      parts.flatMap(({ bindings }) => bindings),
    );
    this.#tellConflicts(parts.flatMap(({ refused }) => refused));
  }

  #tellConflicts(refused: readonly { groupId: string; edgeNodeId: string }[]): void {
    const conflicts = refused.map((node) => nodeKey(node.groupId, node.edgeNodeId)).join(", ");
    if (conflicts === this.#conflicts) return;
    this.#conflicts = conflicts;
    if (conflicts === "") return;
    this.#options.logger.error({ nodes: conflicts }, "their group belongs to another database");
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}

const patienceMs = 5_000;
// A tenant whose database hangs must not hold up the start of all others.
const firstWaitMs = 3_000;
// Each is held open by one pool of at most six connections (decision record 0011).
const databasesMax = 50;
