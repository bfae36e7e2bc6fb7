import { writeFileSync } from "node:fs";

import type { Reporter } from "vitest/node";

/** Where the number of errors goes. */
export const outsideErrorsFile = "MILLWRIGHT_OUTSIDE_ERRORS";

/** Counts errors outside of tests: they fail a run, and vitest's JSON report does not have them. */
export default class OutsideErrors implements Reporter {
  onTestRunEnd(_: unknown, errors: readonly unknown[]): void {
    const path = process.env[outsideErrorsFile];
    if (path !== undefined) writeFileSync(path, String(errors.length));
  }
}
