import { join } from "node:path";

import { secret } from "../database/secrets.ts";
import { type PrivateServer, startServer } from "../database/server.ts";
import { DATABASE_NAME, type Migrated, migrate } from "../migrate/migrate.ts";
import { migrateTenantDatabases } from "../migrate/tenant-databases.ts";
import { StartRefusal } from "../refusal.ts";
import { seedAccess, seedFirstTenant } from "../seed/first-tenant.ts";
import { helperKey, seededKeyOf } from "../seed/helper-keys.ts";
import { Child, type TableRow } from "./child.ts";
import { LogFile } from "./log-file.ts";
import type { Settings } from "./settings.ts";

const repository = join(import.meta.dirname, "../..");
const READY_DEADLINE_MS = 60_000;

/** What runs once `Plant.start` is through. */
export type Running = {
  readonly database: Migrated & { readonly server: PrivateServer | null };
  /** What the demo plant wants in the table: its gateways and their logins. Empty with --no-demo. */
  readonly demoRows: readonly TableRow[];
};

/**
 * All processes of one machine, with one way up and one way down. The order down is the way of the
 * data: first who produces, then who stores, then who reads, the database last.
 */
export class Plant {
  readonly #settings: Settings;
  readonly #say: (text: string) => void;
  readonly #children = new Map<string, Child>();
  #server: PrivateServer | null = null;
  #starting: Promise<Running> | undefined;
  #isStopping = false;

  constructor(settings: Settings, say: (text: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  /** @throws StartRefusal; call `stop` then, for what had been started. */
  start(): Promise<Running> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Stops everything in order; each step is bounded. Safe to call while starting, and twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const name of ["demo", "ingest", "worker", "core"]) await this.#children.get(name)?.stop();
    await this.#starting?.catch(() => {});
    await this.#server?.stop();
  }

  /** For the second Ctrl-C: no waiting. The database recovers at the next start. */
  kill(): void {
    for (const child of this.#children.values()) child.kill();
    void this.#server?.stop();
  }

  async #start(): Promise<Running> {
    const database = await this.#startDatabase();
    const { urls } = database;
    const { host, port, mqttHost, mqttPort, mqttUrl, dataDir } = this.#settings;
    // The first failure is the story; `stop` then ends the others.
    await Promise.all([
      this.#launch("ingest", "ingest/src/main.ts", {
        DATABASE_URL: urls.ingest,
        HOST: host,
        MQTT_HOST: mqttHost,
        MQTT_PORT: String(mqttPort),
        ...(mqttUrl !== undefined && { MQTT_URL: mqttUrl }),
        DATA_DIR: dataDir,
      }),
      this.#launch("core", "core/src/main.ts", {
        DATABASE_URL: urls.core,
        HOST: host,
        PORT: String(port),
        SIGNING_KEYS: secret(dataDir, "signing-key"),
        SEALING_KEYS: secret(dataDir, "sealing-key"),
        SETUP_CODE: secret(dataDir, "setup-code"),
        DASHBOARDS_DIR: join(repository, "dashboards/dist"),
        ARCHIVE_DIR: join(dataDir, "archive"),
      }),
      this.#launch("worker", "core/src/worker.ts", {
        DATABASE_URL: urls.worker,
        ARCHIVE_DIR: join(dataDir, "archive"),
        SEALING_KEYS: secret(dataDir, "sealing-key"),
      }),
    ]);
    const demoRows = this.#settings.hasDemo ? await this.#startDemo() : [];
    return { database, demoRows };
  }

  async #startDatabase(): Promise<Running["database"]> {
    const { dataDir, databaseUrl, databaseKind } = this.#settings;
    if (databaseUrl === undefined) {
      this.#server = await startServer({
        dataDir,
        say: this.#say,
        ...(databaseKind !== undefined && { kind: databaseKind }),
      });
    }
    this.#throwIfStopping();
    const migrated = await migrate(
      this.#server === null
        ? { adminUrl: databaseUrl ?? "", dataDir }
        : { adminUrl: this.#server.superuserUrl(), dataDir, database: DATABASE_NAME },
    );
    await seedFirstTenant(migrated.urls.owner);
    await seedAccess(migrated.urls.owner, [
      seededKeyOf(dataDir, "start"),
      seededKeyOf(dataDir, "demo"),
    ]);
    for (const { address, problem } of await migrateTenantDatabases(migrated, { dataDir })) {
      if (problem !== null) this.#say(`${address} is away, and its companies with it: ${problem}`);
    }
    this.#throwIfStopping();
    return { ...migrated, server: this.#server };
  }

  // The demo plant plays an operator: it knows the public doors and no database.
  async #startDemo(): Promise<readonly TableRow[]> {
    this.#throwIfStopping();
    const { host, port, mqttHost, mqttPort, mqttUrl, dataDir, demoArguments } = this.#settings;
    const environment = {
      CORE_URL: `http://${hostInUrl(host)}:${port}`,
      CORE_API_KEY: await helperKey(dataDir, "demo"),
      MQTT_URL: mqttUrl ?? `mqtt://${hostInUrl(mqttHost)}:${mqttPort}`,
      DATA_DIR: dataDir,
    };
    return this.#launch("demo", "deploy/demo-plant/main.ts", environment, demoArguments);
  }

  #launch(
    name: string,
    file: string,
    environment: Record<string, string>,
    args: readonly string[] = [],
  ): Promise<readonly TableRow[]> {
    const child = new Child({
      name,
      file: join(repository, file),
      args,
      env: {
        ...inherited(),
        // What Node compiled once it finds again: every start but the first is shorter by it.
        NODE_COMPILE_CACHE: join(this.#settings.dataDir, ".cache/node"),
        ...environment,
      },
      log: new LogFile(this.#settings.dataDir, name),
      say: this.#say,
    });
    this.#children.set(name, child);
    return child.start(READY_DEADLINE_MS);
  }

  #throwIfStopping(): void {
    if (this.#isStopping) throw new StartRefusal("Stopped while starting.");
  }
}

/** An IPv6 address goes into brackets; a wildcard is reached through loopback. */
export function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

// Our own environment without the administrator's login: processes get the one of their role.
function inherited(): Record<string, string> {
  const { DATABASE_URL: _, ...rest } = process.env;
  return Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
