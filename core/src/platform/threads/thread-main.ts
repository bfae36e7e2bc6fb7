import { parentPort, workerData } from "node:worker_threads";

import type { FromThread, ThreadTask } from "./run-in-thread.ts";

/** The other side of `runInThread`: loads the task's module, runs it, tells what came of it. */
const { module, input } = workerData as { module: string; input: unknown };
// A port of Node, not a window: it has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const tell = (message: FromThread) => parentPort?.postMessage(message);
try {
  const { run } = (await import(module)) as { run: ThreadTask<unknown, unknown> };
  const result = run(input, (done, total, note) =>
    tell({ kind: "progress", progress: { done, total, note } }),
  );
  tell({ kind: "result", result });
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  tell({ kind: "error", message, stack });
}
