import { once } from "node:events";
import { join } from "node:path";

import { createAdaptorServer, type ServerType } from "@hono/node-server";

import { createApp } from "./app.ts";
import { readTenantIds } from "./modules/identity/index.ts";
import { planningFigures } from "./modules/planning/index.ts";
import { productionFigures } from "./modules/production/index.ts";
import { type CoreConfig, coreConfigSchema, readConfig } from "./platform/config/config.ts";
import { publishConfig } from "./platform/config/process-config.ts";
import { serveDashboards } from "./platform/http/dashboards.ts";
import { observeJobs } from "./platform/jobs/observe-jobs.ts";
import { connectionsMax, serverLimits } from "./platform/http/server-limits.ts";
import { trustedProxies } from "./platform/http/trusted-proxies.ts";
import { observeFigures } from "./platform/observe/figures.ts";
import { createLog } from "./platform/observe/log.ts";
import { openPlatform } from "./platform/open-platform.ts";
import { refuseStart, runUntilStopped } from "./platform/process.ts";

/** Core: the HTTP API, the live stream and the dashboards' files. */
try {
  const config = readConfig(coreConfigSchema, process.env);
  const log = createLog({ process: "core", level: config.LOG_LEVEL });
  await runUntilStopped(async () => {
    await using starting = new AsyncDisposableStack();
    const platform = starting.use(
      await openPlatform({
        process: "core",
        databaseUrl: config.DATABASE_URL,
        redisUrl: config.REDIS_URL,
        logLevel: config.LOG_LEVEL,
        otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
      }),
    );
    const told = { process: "core", declared: coreConfigSchema, environment: process.env };
    starting.use(await publishConfig(platform, told));
    observeFigures(platform, {
      tenantIds: (atMost) => readTenantIds(platform.db, atMost),
      figures: [...productionFigures, ...planningFigures],
    });
    observeJobs(platform);
    const folder = config.DASHBOARDS_DIR ?? join(import.meta.dirname, "../../dashboards/dist");
    const app = createApp(platform, {
      signingKeys: config.SIGNING_KEYS,
      sealingKeys: config.SEALING_KEYS,
      publicUrl: config.PUBLIC_URL,
      localUrl: `http://${config.HOST.includes(":") ? `[${config.HOST}]` : config.HOST}:${config.PORT}`,
      setupCode: config.SETUP_CODE,
      sendsMail: config.SMTP_URL !== undefined,
      corsOrigins: config.CORS_ORIGINS,
      isTrustedProxy: trustedProxies(config.TRUSTED_PROXIES ?? []) ?? undefined,
      oidcMayBeInside: config.OIDC_MAY_BE_INSIDE,
      archiveDir: config.ARCHIVE_DIR,
      pages: serveDashboards(folder),
    });
    await app.start();
    const server = createAdaptorServer({ fetch: app.api.fetch, serverOptions: serverLimits });
    if ("maxConnections" in server) server.maxConnections = connectionsMax;
    await listen(server, config);
    starting.defer(async () => {
      // Intake stops, then the open streams end, then what is being answered is awaited.
      const closed = once(server, "close");
      server.close();
      await app[Symbol.asyncDispose]();
      await closed;
    });
    log.info({ address: server.address() }, "core is serving");
    return starting.move();
  }, log);
} catch (error) {
  refuseStart(error);
}

async function listen(server: ServerType, { HOST, PORT }: CoreConfig): Promise<void> {
  server.listen(PORT, HOST);
  try {
    await once(server, "listening");
  } catch (cause) {
    const message = `Cannot serve on ${HOST}:${PORT}: is the port taken? Set PORT to another one.`;
    throw new Error(message, { cause });
  }
}
