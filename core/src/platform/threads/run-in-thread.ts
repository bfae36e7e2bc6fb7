import { Worker } from "node:worker_threads";

/** What a module that runs in a thread exports: pure work on data that can be cloned. */
export type ThreadTask<Input, Output> = (
  input: Input,
  tell: (done: number, total: number, note: string) => void,
) => Output;

export type ThreadProgress = { done: number; total: number; note: string };

export type FromThread =
  | { kind: "progress"; progress: ThreadProgress }
  | { kind: "result"; result: unknown }
  | { kind: "error"; message: string; stack: string | undefined };

/**
 * Runs `module`'s export `run` (a ThreadTask) in a thread of its own, so that minutes of arithmetic keep
 * no request and no lease waiting. Input and result are copied (structured clone). One thread per call;
 * how many run at a time is the caller's to bound: jobs do.
 *
 * `signal` ends the thread at once, in the middle of whatever it does.
 * @throws the reason of the signal · Error with what the task threw, or that the thread died
 */
export async function runInThread<Output>(
  module: URL,
  input: unknown,
  options: { signal: AbortSignal; onProgress: (progress: ThreadProgress) => void },
): Promise<Output> {
  const { signal, onProgress } = options;
  signal.throwIfAborted();
  const entry = new URL("./thread-main.ts", import.meta.url);
  const worker = new Worker(entry, { workerData: { module: module.href, input } });
  const { promise, resolve, reject } = Promise.withResolvers<Output>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  worker.on("message", (message: FromThread) => {
    if (message.kind === "progress") return onProgress(message.progress);
    if (message.kind === "result") return resolve(message.result as Output);
    const error = new Error(message.message);
    if (message.stack !== undefined) error.stack = message.stack;
    return reject(error);
  });
  worker.on("error", reject);
  worker.on("exit", (code) =>
    reject(new Error(`the thread ended with code ${code} and no result`)),
  );
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
