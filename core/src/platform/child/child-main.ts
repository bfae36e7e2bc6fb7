import type { ChildTask, FromChild, ToChild } from "./run-in-child.ts";

/** The other side of `runInChild`: hears its one task, runs it, tells what came of it. */
const tell = (message: FromChild) => process.send?.(message);
// Whoever asked is gone: nobody needs the result.
process.on("disconnect", () => process.exit(1));
process.once("message", (task: ToChild) => void perform(task));

async function perform({ module, input }: ToChild): Promise<void> {
  try {
    const { run } = (await import(module)) as { run: ChildTask<unknown, unknown> };
    const result = await run(input, (step) => tell({ kind: "step", step }));
    tell({ kind: "result", result });
  } catch (error) {
    tell({ kind: "error", message: error instanceof Error ? error.message : String(error) });
  }
}
