import type { Logger } from "pino";

const stopMsMax = 10_000;

/**
 * Runs `stop` once on SIGTERM, SIGINT or when the parent is gone (IPC disconnect), then exits 0.
 * A second signal, or 10 s, ends the process at once. The returned function does the same from
 * inside, with another exit code.
 */
export function onStop(
  log: Logger,
  stop: () => Promise<void>,
): (reason: string, exitCode: number) => void {
  let isStopping = false;
  const begin = (reason: string, exitCode: number): void => {
    if (isStopping) {
      if (reason === "disconnect") return;
      process.exit(1);
    }
    isStopping = true;
    log.info({ reason }, "stopping");
    setTimeout(() => process.exit(1), stopMsMax).unref();
    stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        log.error({ err: error }, "the stop went wrong");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => begin("SIGTERM", 0));
  process.on("SIGINT", () => begin("SIGINT", 0));
  process.on("disconnect", () => begin("disconnect", 0));
  return begin;
}
