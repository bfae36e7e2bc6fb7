import { Worker } from "node:worker_threads";

/**
 * Starts `module`'s export `run` (a ThreadTask) in a thread beside the caller, who goes on and may block:
 * the two meet in the shared memory of `input`. So whatever becomes of the thread must stand there too;
 * the caller bounds its waits, in case the thread never starts. It ends with its task or the process.
 */
export function startBeside(module: URL, input: unknown): void {
  const entry = new URL("./thread-main.ts", import.meta.url);
  const worker = new Worker(entry, { workerData: { module: module.href, input } });
  // Nobody listens while the caller blocks; unheard, the event would end the process.
  worker.on("error", () => {});
  worker.unref();
}
