import { fork } from "node:child_process";

/** What a module that runs in a child process exports: `tell` says which step it has done. */
export type ChildTask<Input, Output> = (
  input: Input,
  tell: (step: string) => void,
) => Promise<Output>;

export type ToChild = { module: string; input: unknown };
export type FromChild =
  | { kind: "step"; step: string }
  | { kind: "result"; result: unknown }
  | { kind: "error"; message: string };

/**
 * Runs `module`'s export `run` (a ChildTask) in a process of its own, whose memory is its own: what
 * native code takes, or loses in a crash, costs this process nothing. The heap is bounded by
 * `heapMb`; native memory is the task's to bound. Input and result are copied. One child per call; how
 * many run at a time is the caller's to bound. A child whose parent is gone ends by itself.
 *
 * `signal` and `timeoutMs` kill it in the middle of whatever it does.
 * @throws the reason of the signal · Error with what the task threw, or how the child ended
 */
export async function runInChild<Output>(
  module: URL,
  input: unknown,
  options: {
    signal: AbortSignal;
    timeoutMs: number;
    heapMb: number;
    onStep?: (step: string) => void;
  },
): Promise<Output> {
  const { heapMb, onStep } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  signal.throwIfAborted();
  const child = fork(new URL("./child-main.ts", import.meta.url), {
    execArgv: [`--max-old-space-size=${heapMb}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Output>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  child.on("message", (message: FromChild) => {
    if (message.kind === "step") return onStep?.(message.step);
    if (message.kind === "result") return resolve(message.result as Output);
    return reject(new Error(message.message));
  });
  child.on("error", reject);
  const ended = new Promise<void>((done) => {
    child.on("exit", (code, killedBy) => {
      reject(new Error(`the child ended with ${killedBy ?? `code ${code}`} and no result`));
      done();
    });
  });
  const task: ToChild = { module: module.href, input };
  child.send(task, (error) => {
    if (error !== null) reject(error);
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    child.kill("SIGKILL");
    await ended;
  }
}
