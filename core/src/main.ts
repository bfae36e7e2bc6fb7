import { once } from "node:events";
import { join } from "node:path";

import { createAdaptorServer } from "@hono/node-server";

import { createApp } from "./app.ts";
import { coreConfigSchema, readConfig } from "./platform/config/config.ts";
import { serveDashboards } from "./platform/http/dashboards.ts";
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
        logLevel: config.LOG_LEVEL,
      }),
    );
    const folder = config.DASHBOARDS_DIR ?? join(import.meta.dirname, "../../dashboards/dist");
    const app = starting.use(createApp(platform, { pages: serveDashboards(folder) }));
    await app.start();
    const server = createAdaptorServer({ fetch: app.api.fetch });
    server.listen(config.PORT, config.HOST);
    await once(server, "listening");
    // Intake stops first; the app then ends the open streams, which the server waits for.
    starting.defer(() => {
      server.close();
    });
    log.info({ address: server.address() }, "core is serving");
    return starting.move();
  }, log);
} catch (error) {
  refuseStart(error);
}
