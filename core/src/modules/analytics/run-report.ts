import { runInChild } from "../../platform/child/run-in-child.ts";
import { Refusal } from "../../platform/errors.ts";

/** Whose data a report is of and where it lies. `folder` null: this process has no archive. */
export type ReportPlace = {
  databaseUrl: string;
  tenantId: string;
  folder: string | null;
  /** Ends it in the middle of whatever it does. */
  signal: AbortSignal;
};

/** Makes a report in a child process, at most `reportsMax` at a time here. @throws Refusal analytics.busy */
export async function runReport<Output>(
  module: URL,
  input: unknown,
  { signal }: Pick<ReportPlace, "signal">,
): Promise<Output> {
  if (running >= reportsMax) {
    throw new Refusal("analytics.busy", "Other reports are being made: try again in a moment.", {
      kind: "too_many",
      retryAfterS: 2,
    });
  }
  running += 1;
  try {
    return await runInChild(module, input, { signal, timeoutMs: 30_000, heapMb: 256 });
  } finally {
    running -= 1;
  }
}

// A report takes a processor for a second or more; people look at one at a time.
const reportsMax = 4;
let running = 0;
