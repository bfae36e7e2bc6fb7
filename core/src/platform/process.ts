import type { Log } from "./observe/log.ts";

/**
 * Runs a process until it is told to stop: by SIGTERM, SIGINT, or the end of the parent's IPC channel,
 * so that nothing is orphaned when the parent is killed. A second signal, or 10 s, ends it at once.
 */
export async function runUntilStopped(
  start: () => Promise<AsyncDisposable>,
  log: Log,
): Promise<void> {
  const { promise: stopAsked, resolve: stop } = Promise.withResolvers<void>();
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    stop();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("disconnect", () => stop());

  const running = await start();
  process.send?.({ type: "ready" });
  await stopAsked;
  log.info({}, "stopping");
  const tooLate = setTimeout(() => {
    log.error({}, "did not stop within 10 s");
    process.exit(1);
  }, stopMsMax);
  await running[Symbol.asyncDispose]();
  clearTimeout(tooLate);
  // An open IPC channel would keep the process alive.
  if (process.connected) process.disconnect();
}

const stopMsMax = 10_000;

/** Ends a start that failed with one clear sentence and exit code 1. */
export function refuseStart(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
