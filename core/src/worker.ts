import { equipment } from "./modules/equipment/index.ts";
import { productionSubscriptions } from "./modules/production/index.ts";
import { readConfig, workerConfigSchema } from "./platform/config/config.ts";
import { runs } from "./platform/events/subscription.ts";
import { createLog } from "./platform/observe/log.ts";
import { serveMetrics } from "./platform/observe/serve-metrics.ts";
import { openPlatform } from "./platform/open-platform.ts";
import { refuseStart, runUntilStopped } from "./platform/process.ts";

/** The worker: subscriptions of the event log. Several may run; each subscription runs on one. */
try {
  const config = readConfig(workerConfigSchema, process.env);
  const log = createLog({ process: "worker", level: config.LOG_LEVEL });
  await runUntilStopped(async () => {
    await using starting = new AsyncDisposableStack();
    const platform = starting.use(
      await openPlatform({
        process: "worker",
        databaseUrl: config.DATABASE_URL,
        logLevel: config.LOG_LEVEL,
        otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
      }),
    );
    for (const subscription of productionSubscriptions({ platform, equipment })) {
      starting.use(await platform.db.everywhere(runs(subscription, platform)));
    }
    if (config.WORKER_METRICS_PORT !== undefined) {
      const { registry } = platform.metrics;
      const serving = await serveMetrics(registry, config.WORKER_METRICS_PORT);
      log.info({ address: serving.address }, "the worker's metrics are served");
      starting.use(serving);
    }
    return starting.move();
  }, log);
} catch (error) {
  refuseStart(error);
}
