import { mkdir } from "node:fs/promises";
import { enableCompileCache } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";

// A gateway has little memory: collect the young generation more often instead of letting it grow.
setFlagsFromString("--max-semi-space-size=1");
setFlagsFromString("--optimize-for-size");

const { values: args } = parseArgs({
  options: { config: { type: "string" }, data: { type: "string" } },
});
// Sources already compiled once need no TypeScript stripper in memory: about 10 MB, and a faster start.
if (args.data !== undefined) enableCompileCache(join(resolve(args.data), "compile-cache"));

const { Agent } = await import("./agent.ts");
const { ConfigError, loadConfig } = await import("./config/load.ts");
const { pino } = await import("pino");

/** A graceful stop that takes longer than this is ended. */
const stopMsMax = 10_000;

const usage = "usage: node edge-agent/src/main.ts --config FILE.yaml --data DIR";

try {
  await main();
} catch (error) {
  // One sentence for the person at the gateway; a stack only for what we did not foresee.
  const text = error instanceof Error ? error.message : String(error);
  console.error(error instanceof ConfigError || isSystemError(error) ? text : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { configFile, dataDir } = readArguments();
  const config = await loadConfig(configFile);
  const logger = pino(
    { level: process.env["LOG_LEVEL"] ?? "info", base: { process: "edge-agent" } },
    // Written at once: what waits in a buffer when the reader of our output has died keeps the process
    // from exiting (sonic-boom's flushSync repeats a write to a broken pipe for ever).
    pino.destination({ dest: 1, sync: true }),
  );
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const agent = await Agent.start({ config, dataDir, logger });
  logger.info({ edgeNode: config.edgeNode, devices: config.devices.length }, "edge agent started");
  process.send?.({ type: "ready" });

  // A driver's library that forgets a rejection must not take the other devices down with it.
  process.on("unhandledRejection", (error) => {
    logger.error({ error }, "edge agent: an error nobody handled");
  });
  let isStopping = false;
  const stop = (cause: string) => {
    // The second signal means it.
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info({ cause }, "edge agent stops");
    setTimeout(() => process.exit(1), stopMsMax).unref();
    void agent[Symbol.asyncDispose]().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, "edge agent: the stop failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  // The parent is gone: an agent nobody started must not run on.
  process.on("disconnect", () => stop("the parent is gone"));
}

function readArguments(): { configFile: string; dataDir: string } {
  const { config, data } = args;
  if (config === undefined || data === undefined) throw new ConfigError(usage);
  return { configFile: resolve(config), dataDir: resolve(data) };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}
