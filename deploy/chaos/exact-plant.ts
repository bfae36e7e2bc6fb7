import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { kindFromEnvironment, type PrivateServer, startServer } from "../database/server.ts";
import { migrate } from "../migrate/migrate.ts";
import type { RoleUrls } from "../migrate/roles.ts";
import { seedAccess, seedFirstTenant } from "../seed/first-tenant.ts";
import type { TestDatabase } from "../test/database.ts";
import { startMosquitto } from "../test/mosquitto.ts";
import { type Plant, startPlant } from "../test/plant.ts";
import { TcpProxy } from "../test/tcp-proxy.ts";
import { query } from "./database-query.ts";
import { Tmpfs } from "./tmpfs.ts";

/** Room for the database, its log of at most 128 MB and what some hundred trials store. */
const databaseDiskMb = 1500;
const databaseName = "chaos";
/** A private server starts itself again five times in a row; before that it is opened anew. */
const postmasterKillsMax = 4;

type Mosquitto = Awaited<ReturnType<typeof startMosquitto>>;

/** A whole plant with a durable database of its own, each part of which can be made to fail. */
export type ExactPlant = AsyncDisposable & {
  plant: Plant;
  /** Null: the broker is the one embedded in ingest. */
  mosquitto: Mosquitto | null;
  /** Between gateways and broker. */
  brokerWire: TcpProxy;
  /** Between ingest, core, worker and the database. */
  databaseWire: TcpProxy;
  /** Null: this account may not mount one. */
  databaseDisk: Tmpfs | null;
  server: ChaosServer;
};

export async function startExactPlant(broker: "embedded" | "mosquitto"): Promise<ExactPlant> {
  await using making = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), "mw-chaos-"));
  making.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const databaseDisk = Tmpfs.mount(dataDir, { sizeMb: databaseDiskMb, mode: "0755" });
  if (databaseDisk !== null) making.defer(() => databaseDisk[Symbol.dispose]());
  // The server's account must pass through; the secrets inside have their own modes.
  chmodSync(dataDir, 0o755);
  const server = making.use(await ChaosServer.start(dataDir));
  const databaseWire = making.use(await TcpProxy.start(server.socketPath));
  const database = await makeDatabase(server, { dataDir, port: databaseWire.port });
  const mosquitto = broker === "mosquitto" ? making.use(await startMosquitto()) : null;
  const plant = making.use(
    await startPlant({ database, ...(mosquitto && { mqttUrl: mosquitto.url }) }),
  );
  const brokerWire = making.use(await TcpProxy.start(mosquitto?.port ?? plant.mqttPort));
  const made = making.move();
  return {
    plant,
    mosquitto,
    brokerWire,
    databaseWire,
    databaseDisk,
    server,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** The private server, which comes back whatever was done to it. */
export class ChaosServer implements AsyncDisposable {
  readonly #dataDir: string;
  #server: PrivateServer;
  #hasFailed = false;
  #kills = 0;

  static async start(dataDir: string): Promise<ChaosServer> {
    return new ChaosServer(dataDir, await openServer(dataDir));
  }

  private constructor(dataDir: string, server: PrivateServer) {
    this.#dataDir = dataDir;
    this.#server = server;
    void this.#watch(server);
  }

  get pid(): number {
    return this.#server.pid;
  }

  get socketPath(): string {
    const folder = new URL(this.superuserUrl()).searchParams.get("host") ?? "";
    return join(folder, ".s.PGSQL.5432");
  }

  get kind(): PrivateServer["kind"] {
    return this.#server.kind;
  }

  superuserUrl(): string {
    return this.#server.superuserUrl();
  }

  /** Before a kill of the postmaster: opened anew when it would not start itself again. */
  async expectKill(): Promise<void> {
    this.#kills += 1;
    if (this.#kills > postmasterKillsMax) await this.#reopen();
  }

  /** Resolves when it answers; one that gave up is opened anew, as `npm start` would. */
  async answers(): Promise<void> {
    if (this.#hasFailed) await this.#reopen();
    await query(this.superuserUrl(), "select 1");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }

  async #reopen(): Promise<void> {
    await this.#server.stop();
    this.#server = await openServer(this.#dataDir);
    this.#hasFailed = false;
    this.#kills = 0;
    void this.#watch(this.#server);
  }

  async #watch(server: PrivateServer): Promise<void> {
    await server.failed;
    this.#hasFailed = server === this.#server;
  }
}

function openServer(dataDir: string): Promise<PrivateServer> {
  const kind = kindFromEnvironment();
  // Small, so that a disk that can be filled quickly holds it.
  const settings = ["max_wal_size=128MB"];
  return startServer({ dataDir, settings, ...(kind && { kind }) });
}

/** Migrated and seeded. The processes reach it through the wire that can be cut, the harness directly. */
async function makeDatabase(
  server: ChaosServer,
  { dataDir, port }: { dataDir: string; port: number },
): Promise<TestDatabase> {
  const { urls } = await migrate({
    adminUrl: server.superuserUrl(),
    dataDir,
    database: databaseName,
  });
  const first = {
    tenantId: "00000000-0000-4000-8000-000000000001",
    siteId: "00000000-0000-4000-8000-000000000002",
    groupId: "chaos",
  };
  await seedFirstTenant(urls.owner, first);
  const [apiKey = ""] = await seedAccess(
    urls.owner,
    [{ name: "Chaos", roles: ["administrator"] }],
    first,
  );
  const wired: RoleUrls = {
    owner: urls.owner,
    core: throughWire(urls.core, port),
    worker: throughWire(urls.worker, port),
    ingest: throughWire(urls.ingest, port),
  };
  return {
    urls: wired,
    home: wired,
    kind: server.kind,
    ...first,
    apiKey,
    // It goes with its server.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function throughWire(url: string, port: number): string {
  const changed = new URL(url);
  changed.searchParams.delete("host");
  changed.host = `127.0.0.1:${port}`;
  return changed.href;
}
