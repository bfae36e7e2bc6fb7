import { archiveUpkeep } from "./modules/analytics/index.ts";
import { equipment } from "./modules/equipment/index.ts";
import { engineering } from "./modules/engineering/index.ts";
import { identitySubscriptions, readSite, readTenantIds } from "./modules/identity/index.ts";
import { gaugeWatch, inventory } from "./modules/inventory/index.ts";
import { planningWork } from "./modules/planning/index.ts";
import { machineWatch, production, productionSubscriptions } from "./modules/production/index.ts";
import { readConfig, workerConfigSchema } from "./platform/config/config.ts";
import type { Home } from "./platform/db/databases.ts";
import { publishConfig } from "./platform/config/process-config.ts";
import { runs } from "./platform/events/run-subscription.ts";
import { runsJobs } from "./platform/jobs/runs-jobs.ts";
import { platformUpkeep } from "./platform/jobs/upkeep.ts";
import { openSmtp } from "./platform/mail/smtp.ts";
import { createLog } from "./platform/observe/log.ts";
import { serveMetrics } from "./platform/observe/serve-metrics.ts";
import { openPlatform } from "./platform/open-platform.ts";
import { sends } from "./platform/outbox/sends.ts";
import { askAvailabilityJob } from "./platform/partners/ask-availability.ts";
import { refuseStart, runUntilStopped } from "./platform/process.ts";
import { runsSagas } from "./platform/saga/saga-runner.ts";
import { Seal } from "./platform/seal.ts";
import { webhookDeliveries } from "./platform/webhooks/webhook-deliveries.ts";

/** The worker: subscriptions of the event log, and jobs. Several may run; each subscription runs on one. */
try {
  const config = readConfig(workerConfigSchema, process.env);
  const log = createLog({ process: "worker", level: config.LOG_LEVEL });
  await runUntilStopped(async () => {
    await using starting = new AsyncDisposableStack();
    const platform = starting.use(
      await openPlatform({
        process: "worker",
        databaseUrl: config.DATABASE_URL,
        redisUrl: config.REDIS_URL,
        logLevel: config.LOG_LEVEL,
        otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
      }),
    );
    const told = { process: "worker", declared: workerConfigSchema, environment: process.env };
    starting.use(await publishConfig(platform, told));
    const planning = planningWork({
      platform,
      timeZone: async (tx) => (await readSite(tx)).timeZone,
    });
    const subscriptions = [
      ...identitySubscriptions({ platform }),
      ...productionSubscriptions({ platform, equipment, inventory }),
      ...planning.subscriptions,
      webhookDeliveries(),
    ];
    for (const subscription of subscriptions) {
      starting.use(await platform.db.everywhere(runs(subscription, platform)));
    }
    // No context declares a flow of several steps yet: the first one is listed here.
    starting.use(await platform.db.everywhere(runsSagas([], platform)));
    const mail = config.SMTP_URL === undefined ? null : openSmtp(config.SMTP_URL);
    if (mail !== null) starting.use(mail);
    const mayBeInside = config.WEBHOOKS_MAY_BE_INSIDE;
    const seal = new Seal(config.SEALING_KEYS ?? []);
    starting.use(await platform.db.everywhere(sends({ ...platform, seal, mail, mayBeInside })));
    const tenantIds = (atMost: number) => readTenantIds(platform.db, atMost);
    starting.use(machineWatch({ platform, equipment, tenantIds })).start();
    starting.use(gaugeWatch({ platform, equipment, engineering, tenantIds })).start();
    const archive = {
      platform,
      production,
      folder: config.ARCHIVE_DIR ?? null,
      tenantIds: (home: Home, atMost: number) => readTenantIds({ homes: () => [home] }, atMost),
    };
    const jobs = {
      ofTenants: [askAvailabilityJob(), ...planning.jobs],
      upkeep: (home: Home) => [
        ...platformUpkeep({ db: home.db, queue: platform.jobs.at(home) }),
        ...archiveUpkeep(archive, home),
      ],
    };
    starting.use(await platform.db.everywhere(runsJobs(jobs, { ...platform, restart: stop })));
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

/** As asked by a person; whoever watches over us starts a new process. */
function stop(): void {
  process.kill(process.pid, "SIGTERM");
}
