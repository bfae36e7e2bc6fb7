import { expect, test } from "vitest";

import { runInThread, type ThreadProgress } from "./run-in-thread.ts";

const counting = new URL("./counting.fixture.ts", import.meta.url);

test("gives back what the task returns, and its progress on the way", async () => {
  const heard: ThreadProgress[] = [];
  const result = await runInThread<{ sum: number }>(counting, 4, {
    signal: AbortSignal.timeout(10_000),
    onProgress: (progress) => heard.push(progress),
  });
  expect(result).toEqual({ sum: 10 });
  expect(heard.at(-1)).toEqual({ done: 4, total: 4, note: "counting" });
});

test("throws what the task throws", async () => {
  const options = { signal: AbortSignal.timeout(10_000), onProgress: () => undefined };
  await expect(runInThread(counting, 20, options)).rejects.toThrow("13 is refused");
});

test("ends a task that never ends within a second of the signal", async () => {
  const abort = new AbortController();
  const running = runInThread(counting, 0, { signal: abort.signal, onProgress: () => undefined });
  setTimeout(() => abort.abort(new Error("enough")), 300);
  const started = performance.now();
  await expect(running).rejects.toThrow("enough");
  expect(performance.now() - started).toBeLessThan(1_300);
});
