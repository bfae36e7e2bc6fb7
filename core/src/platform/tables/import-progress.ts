import type { ImportProgress, ImportReport } from "@millwright/contracts/api";

import type { Log } from "../observe/log.ts";
import { problemOf } from "../http/problem.ts";

/** Told how far an import is. */
export type TellProgress = (progress: ImportProgress) => void;

export const progressType = "application/x-ndjson";

/**
 * Runs an import and gives back at once a body with a line of JSON for each step, as it happens; the last line is
 * the report, or the problem that a plain request would have been answered with. An asker who goes away
 * does not stop it: it is saved or refused as a whole all the same.
 */
export function linesOf(
  run: (tell: TellProgress) => Promise<ImportReport>,
  log: Log,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      let isHeard = true;
      const say = (line: object) => {
        if (!isHeard) return;
        try {
          controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
        } catch {
          // The asker is gone.
          isHeard = false;
        }
      };
      try {
        say({ report: await run((progress) => say({ progress })) });
      } catch (error) {
        say({ problem: problemOf(error, log) });
      }
      if (isHeard) controller.close();
    },
  });
}

/** Lets lines that were said go out before the next piece of work that takes a while. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
